//! The balance sheet of a site's month: every product and every step, what does not close, and which reading is to blame.

use super::balance::{date, window_of};
use super::circular::Named;
use super::live::Genealogy;
use crate::{Act, Actor, App, Code, Error, Result};
use ledger::balance::EntryKind;
use ledger::balance::book::{Cell, Window};
use ledger::balance::expression::Equation;
use ledger::balance::reconcile::{GrossError, Knowledge, Problem, Reconciled, Variable};
use ledger::balance::statistics::normal_critical;
use model::period::Period;
use serde::Serialize;
use std::collections::BTreeMap;

/// Which sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetQuery {
    /// Identifier of the site.
    pub site: String,
    /// Substance; without it whole masses.
    pub substance: Option<String>,
    /// Days; without it the month of the newest posting.
    pub period: Option<Period>,
}

/// A line: a product in stock, or a step.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SheetLine {
    /// Product or step.
    pub of: Option<Named>,
    /// Counted at the beginning (by the books where nobody counted), kg.
    pub opening_kg: f64,
    /// Received, kg.
    pub received_kg: f64,
    /// Brought into being without a process, kg.
    pub commissioned_kg: f64,
    /// Produced, kg.
    pub produced_kg: f64,
    /// Consumed, kg.
    pub consumed_kg: f64,
    /// Shipped, kg.
    pub shipped_kg: f64,
    /// Discarded, kg.
    pub discarded_kg: f64,
    /// What must be there by the books, kg.
    pub book_kg: f64,
    /// What was counted at the end, kg; absent where nobody counted, and for steps.
    pub counted_kg: Option<f64>,
    /// What does not close, kg: book minus count, or consumed minus produced. Positive: mass is missing.
    pub residual_kg: Option<f64>,
    /// Standard deviation of the residual where all readings are sound, kg.
    pub sd_kg: f64,
    /// True where the residual is larger than errors of measurement explain (Šidák, level 0.05 over all lines).
    pub is_suspect: bool,
}

/// The sheet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BalanceSheet {
    /// Site.
    pub site: Named,
    /// Days.
    pub period: Period,
    /// Substance.
    pub substance: Option<String>,
    /// Day of the count that it begins with; absent where it begins with the books.
    pub opened: Option<String>,
    /// Day of the count that it ends with.
    pub counted: Option<String>,
    /// Products.
    pub products: Vec<SheetLine>,
    /// Steps.
    pub steps: Vec<SheetLine>,
    /// Sum of squared changes that make all lines close, in units of the standard deviations.
    pub chi_square: f64,
    /// Independent checks.
    pub freedom: usize,
    /// Probability of so large a sum with sound readings.
    pub p_value: f64,
    /// Readings that do not fit the others, worst first.
    pub gross_errors: Vec<GrossError>,
    /// Postings without a mass, and of which nothing says how much of the substance is in them.
    pub left_out: (usize, usize),
    /// Sites that can be chosen.
    pub sites: Vec<Named>,
    /// Substances that can be chosen.
    pub substances: Vec<String>,
}

/// Probability of suspecting anything where all is sound.
const LEVEL: f64 = 0.05;
/// Smallest standard deviation that a flow is given, part of it: readings without a stated error.
const LEAST_SD: f64 = 1e-4;

#[boxed::futures]
impl App {
    /// The balance sheet of a site over a period, reconciled.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a site that no event names or this actor does not see; storage errors.
    pub async fn balance_sheet(&self, actor: &Actor, query: &SheetQuery) -> Result<BalanceSheet> {
        actor.need(Act::Balance)?;
        let sight = self.sight(actor).await?;
        let held = self.genealogy().await?;
        let site = held.seen_site(&sight, &query.site)?;
        let book = &held.book;
        let substance = held.substance(query.substance.as_deref());
        let newest = date(book.days().map_or(0, |(_, last)| last));
        let period = query.period.unwrap_or_else(|| Period::month_of(newest));
        let window = window_of(Some(period));
        let counts = book.count_days(site);
        let opened = counts.iter().copied().filter(|day| *day < window.from).max();
        let counted = counts.iter().copied().filter(|day| window.holds(*day)).max();
        // From count to count: what was posted between them.
        let from = opened.map_or(Window::ALL.from, |day| day + 1);
        let until = counted.map_or(window.until, |day| day + 1);
        let flows = book.cells(Window { from, until }, Some(site), substance);
        let stock = |day: Option<i32>| {
            let cells =
                day.map(|day| book.cells(Window { from: day, until: day + 1 }, Some(site), substance));
            counted_of(cells.into_iter().flatten())
        };
        let sheet = Sheet {
            held: &held,
            flows: &flows,
            opening: stock(opened),
            closing: stock(counted),
            is_counted: counted.is_some(),
        };
        let (products, steps, solved, gross_errors) = sheet.close()?;
        let left_out = flows.iter().fold((0, 0), |n, c| (n.0 + c.without_mass, n.1 + c.without_content));
        Ok(BalanceSheet {
            site: held.named(book.sites.word(site)),
            period,
            substance: query.substance.clone(),
            opened: opened.map(|day| date(day).to_string()),
            counted: counted.map(|day| date(day).to_string()),
            products,
            steps,
            chi_square: solved.chi_square,
            freedom: solved.freedom,
            p_value: solved.p_value,
            gross_errors,
            left_out,
            sites: held.sites(&sight),
            substances: book.substances.all().to_vec(),
        })
    }
}

/// What was counted of each product, with its variance. Lots that were made in different places stand in cells of their own.
fn counted_of(cells: impl Iterator<Item = Cell>) -> BTreeMap<u16, (f64, f64)> {
    let mut out = BTreeMap::new();
    for cell in cells.filter(|c| c.place.kind == EntryKind::ClosingStock) {
        let (kg, variance) = out.entry(cell.place.product).or_insert((0.0, 0.0));
        *kg += cell.kg;
        *variance += cell.variance;
    }
    out
}

struct Sheet<'h> {
    held: &'h Genealogy,
    flows: &'h [Cell],
    opening: BTreeMap<u16, (f64, f64)>,
    closing: BTreeMap<u16, (f64, f64)>,
    is_counted: bool,
}

/// A line with the variance of its residual and its equation.
#[derive(Default)]
struct Open {
    line: SheetLine,
    variance: f64,
    equation: Equation,
}

impl Sheet<'_> {
    #[expect(clippy::type_complexity, reason = "used once, named where it is taken apart")]
    fn close(&self) -> Result<(Vec<SheetLine>, Vec<SheetLine>, Reconciled, Vec<GrossError>)> {
        let book = &self.held.book;
        let mut problem = Problem::default();
        let mut measure = |name: String, kg: f64, variance: f64| {
            let knowledge =
                Knowledge::Measured { value: kg, sd: variance.sqrt().max(LEAST_SD * kg).max(1e-9) };
            problem.variables.push(Variable { name, knowledge });
            problem.variables.len() - 1
        };
        let mut products: BTreeMap<u16, Open> = BTreeMap::new();
        let mut steps: BTreeMap<u16, Open> = BTreeMap::new();
        for cell in self.flows.iter().filter(|c| c.postings > 0) {
            let (sign, words) = match cell.place.kind {
                EntryKind::Received => (1.0, "收入"),
                EntryKind::Commissioned => (1.0, "建批"),
                EntryKind::Produced => (1.0, "产出"),
                EntryKind::Consumed => (-1.0, "投入"),
                EntryKind::Shipped => (-1.0, "发出"),
                EntryKind::Discarded => (-1.0, "废弃"),
                EntryKind::OpeningStock | EntryKind::ClosingStock => continue,
            };
            let product = self.product(cell.place.product);
            let is_turned = matches!(cell.place.kind, EntryKind::Produced | EntryKind::Consumed);
            let step = if is_turned {
                format!(" {}", self.held.named(book.steps.word(cell.place.step)).zh)
            } else {
                String::new()
            };
            let variable = measure(format!("{} {words}{step}", product.zh), cell.kg, cell.variance);
            let line = products.entry(cell.place.product).or_default();
            line.post(cell, sign, variable);
            if is_turned {
                steps.entry(cell.place.step).or_default().post(cell, -sign, variable);
            }
        }
        for number in self.opening.keys().chain(self.closing.keys()) {
            products.entry(*number).or_default();
        }
        for (number, open) in &mut products {
            let product = self.product(*number);
            if let Some((kg, variance)) = self.opening.get(number) {
                let variable = measure(format!("{} 期初盘点", product.zh), *kg, *variance);
                open.line.opening_kg = *kg;
                open.variance += variance;
                open.equation.add(1.0, &[variable]);
            }
            let line = &mut open.line;
            line.book_kg = line.opening_kg + line.received_kg + line.commissioned_kg + line.produced_kg
                - line.consumed_kg
                - line.shipped_kg
                - line.discarded_kg;
            if self.is_counted {
                let (kg, variance) = self.closing.get(number).copied().unwrap_or((0.0, 0.0));
                if kg > 0.0 {
                    let variable = measure(format!("{} 期末盘点", product.zh), kg, variance);
                    open.equation.add(-1.0, &[variable]);
                }
                open.variance += variance;
                line.counted_kg = Some(kg);
                line.residual_kg = Some(line.book_kg - kg);
            } else {
                open.equation = Equation::default();
            }
            line.of = Some(product);
        }
        for (number, open) in &mut steps {
            open.line.of = Some(self.held.named(book.steps.word(*number)));
            open.line.residual_kg = Some(open.line.consumed_kg - open.line.produced_kg);
        }
        let checks = products.values().chain(steps.values()).filter(|o| o.line.residual_kg.is_some()).count();
        let critical = critical_of(checks);
        for open in products.values_mut().chain(steps.values_mut()) {
            let line = &open.line;
            let passed = line.received_kg + line.commissioned_kg + line.produced_kg + line.consumed_kg;
            let least = LEAST_SD * passed;
            open.line.sd_kg = open.variance.sqrt().max(least);
            let residual = open.line.residual_kg.unwrap_or(0.0).abs();
            open.line.is_suspect = residual > critical * open.line.sd_kg && residual > 1e-6;
        }
        let open = products.values_mut().chain(steps.values_mut()).filter(|o| o.equation.len() > 1);
        problem.equations = open.map(|o| std::mem::take(&mut o.equation)).collect();
        let bad = |e: ledger::balance::reconcile::ReconcileError| Error::new(Code::BadInput, e.to_string());
        let solved = problem.solve().map_err(bad)?;
        let gross = problem.gross_errors(LEVEL).map_err(bad)?;
        let lines = |open: BTreeMap<u16, Open>| open.into_values().map(|o| o.line).collect();
        Ok((lines(products), lines(steps), solved, gross))
    }

    fn product(&self, number: u16) -> Named {
        self.held.named(self.held.book.products.word(number))
    }
}

/// Critical value of the largest of so many standard normal residuals (Z. Šidák, 1967).
#[expect(clippy::cast_precision_loss, reason = "lines are far fewer than 2^52")]
fn critical_of(checks: usize) -> f64 {
    normal_critical(1.0 - (1.0 - LEVEL).powf(1.0 / checks.max(1) as f64))
}

impl Open {
    fn post(&mut self, cell: &Cell, sign: f64, variable: usize) {
        let line = &mut self.line;
        *match cell.place.kind {
            EntryKind::Received => &mut line.received_kg,
            EntryKind::Commissioned => &mut line.commissioned_kg,
            EntryKind::Produced => &mut line.produced_kg,
            EntryKind::Consumed => &mut line.consumed_kg,
            EntryKind::Shipped => &mut line.shipped_kg,
            _ => &mut line.discarded_kg,
        } += cell.kg;
        self.variance += cell.variance;
        self.equation.add(sign, &[variable]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::balance::book::{Book, LotCard, NewPosting};
    use ledger::graph::LotId;

    #[test]
    fn a_count_is_of_all_lots_of_a_product_wherever_they_were_made() {
        let mut book = Book::default();
        let card = LotCard { product: "wire".to_owned(), ..LotCard::default() };
        let new = NewPosting {
            key: 1,
            site: "a",
            step: "",
            day: 1,
            kind: EntryKind::Produced,
            lot: LotId(0),
            amount: Some(10.0),
            is_pieces: false,
        };
        book.post(&new);
        // Lot 1 was bought.
        for (lot, kg) in [(0, 10.0), (1, 5.0)] {
            book.note(LotId(lot), &card);
            let (lot, amount, kind) = (LotId(lot), Some(kg), EntryKind::ClosingStock);
            book.post(&NewPosting { key: 2, step: "stock_taking", lot, amount, kind, ..new });
        }
        let counted = counted_of(book.cells(Window::ALL, None, None).into_iter());
        assert_eq!(counted, BTreeMap::from([(0, (15.0, 0.0))]));
    }
}
