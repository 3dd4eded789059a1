//! Workbook 2: a county bureau's survey, in its own order and words: merged company cells, units in the heading
//! or in the cells, full-width digits, days as text and as Excel dates, and a handful of bad rows.

use super::amount::{Day, Per, full_width};
use super::cluster::{Cluster, Firm, Need, Offer, Source, labelled};
use super::fault::{Fault, Kind};
use super::fixed;
use super::names::Names;
use super::rng::Rng;
use super::table::{Cell, Column, Table, column};
use anyhow::Result;

/// Title of the workbook.
pub const TITLE: &str = "泰和县工业企业产品与需求摸底表（虚构示例数据）";
const NOTE: &str = "填表说明：本表为虚构示例数据。一家企业多个产品的，公司栏合并单元格；产能填月产能。";
/// Company cells that are merged over the rows of a company.
const COMPANY_COLUMNS: usize = 5;
/// Units that go into the sheet whose heading says 万片.
const SHEETS: [&str; 2] = ["片", "件"];

/// The three sheets and their bad rows.
///
/// # Errors
/// When a code cannot be made.
pub fn tables(
    seed: u64,
    file: &'static str,
    cluster: &Cluster,
    names: &mut Names<'_>,
) -> Result<(Vec<Table>, Vec<Fault>)> {
    let mut rng = Rng::new(seed, "bureau");
    let mut writer = Writer { rng: &mut rng, names, file, faults: Vec::new() };
    let tables = vec![writer.counted(cluster)?, writer.others(cluster)?, writer.needs(cluster)];
    Ok((tables, writer.faults))
}

struct Writer<'a, 'n> {
    rng: &'a mut Rng,
    names: &'a mut Names<'n>,
    file: &'static str,
    faults: Vec<Fault>,
}

/// A row that is to be refused: one cell of a good row is spoilt.
struct Spoilt {
    company: &'static str,
    heading: &'static str,
    cell: &'static str,
    kind: Kind,
}

const SPOILT_COUNTED: [Spoilt; 5] = [
    Spoilt {
        company: "泰和县樟坪电子有限公司", heading: "统一信用代码", cell: "", kind: Kind::UsccCheck
    },
    Spoilt {
        company: "泰和县茅塘光学有限公司", heading: "属地", cell: "太和县", kind: Kind::UnknownRegion
    },
    Spoilt {
        company: "泰和县桐岭精工有限公司",
        heading: "月产能(万片)",
        cell: "很多",
        kind: Kind::UnreadableQuantity,
    },
    Spoilt {
        company: "泰和县禾埠五金有限公司", heading: "产品", cell: "", kind: Kind::MissingTitle
    },
    Spoilt {
        company: "泰和县灌溪塑胶有限公司",
        heading: "有效期",
        cell: "2026年13月40日",
        kind: Kind::BadDate,
    },
];
const SPOILT_OTHERS: [Spoilt; 1] = [Spoilt {
    company: "泰和县苏溪材料有限公司",
    heading: "月产能",
    cell: "12坨/月",
    kind: Kind::UnknownUnit,
}];

impl Writer<'_, '_> {
    /// Products counted in pieces: the unit stands in the heading.
    fn counted(&mut self, cluster: &Cluster) -> Result<Table> {
        let columns = company_columns()
            .into_iter()
            .chain([
                column("产品", 26.0),
                column("技术参数", 52.0),
                column("月产能(万片)", 12.0),
                column("剩余产能(万片)", 12.0),
                column("参考价(元/片)", 14.0),
                column("资质", 18.0),
                column("有效期", 14.0),
                column("备注", 12.0),
            ])
            .collect();
        let mut table = Table::new("产品摸底（按片计）", TITLE.to_owned(), NOTE.to_owned(), columns);
        self.blocks(&mut table, cluster, true);
        for spoilt in &SPOILT_COUNTED {
            let good = [
                "显示屏面板".into(),
                "厚度1.1mm；公差±0.05mm".into(),
                Cell::Number(3.0),
                Cell::Number(1.0),
                "2.5~3".into(),
                "ISO9001".into(),
                "2027-06-30".into(),
                "虚构企业".into(),
            ];
            self.spoil(&mut table, spoilt, good)?;
        }
        Ok(table)
    }

    /// All other products: the unit stands in the cells.
    fn others(&mut self, cluster: &Cluster) -> Result<Table> {
        let columns = company_columns()
            .into_iter()
            .chain([
                column("产品", 26.0),
                column("技术参数", 52.0),
                column("月产能", 14.0),
                column("剩余产能", 14.0),
                column("参考价", 16.0),
                column("资质", 18.0),
                column("有效期", 14.0),
                column("备注", 12.0),
            ])
            .collect();
        let mut table = Table::new("产品摸底（其他）", TITLE.to_owned(), NOTE.to_owned(), columns);
        self.blocks(&mut table, cluster, false);
        for spoilt in &SPOILT_OTHERS {
            let good = [
                "PVC电缆料".into(),
                "密度1.4g/cm³".into(),
                "12吨/月".into(),
                "5吨/月".into(),
                "8000~9000元/吨".into(),
                "RoHS".into(),
                "2027-06-30".into(),
                "虚构企业".into(),
            ];
            self.spoil(&mut table, spoilt, good)?;
        }
        Ok(table)
    }

    /// The offers of every company as one block with merged company cells.
    fn blocks(&mut self, table: &mut Table, cluster: &Cluster, counted: bool) {
        let mut rows: Vec<(&Offer, &Firm)> = cluster
            .offers_of(Source::Bureau)
            .filter(|(offer, _)| SHEETS.contains(&offer.capacity.unit.base.as_str()) == counted)
            .collect();
        rows.sort_by_key(|(offer, _)| offer.firm);
        for block in rows.chunk_by(|a, b| a.0.firm == b.0.firm) {
            let first = table.rows.len();
            for (offer, firm) in block {
                let mut row = self.company(firm);
                row.extend(self.product(offer, counted));
                table.push(row);
            }
            let last = table.rows.len() - 1;
            if last > first {
                let head = table.rows[first][..COMPANY_COLUMNS].to_vec();
                for row in &mut table.rows[first + 1..=last] {
                    row[..COMPANY_COLUMNS].fill(Cell::Empty);
                }
                table.rows[first][..COMPANY_COLUMNS].clone_from_slice(&head);
                table.merged.push((first, last, COMPANY_COLUMNS));
            }
        }
    }

    fn company(&mut self, firm: &Firm) -> Vec<Cell> {
        let place = match firm.park.as_str() {
            "" => "泰和县",
            _ => self.rng.pick(&["泰和高新区", "泰和工业园", "泰和县"]),
        };
        vec![
            place.into(),
            firm.labelled().into(),
            firm.uscc.as_str().into(),
            (&firm.contact.name).into(),
            (&firm.contact.phone).into(),
        ]
    }

    fn product(&mut self, offer: &Offer, counted: bool) -> Vec<Cell> {
        let until = self.day(offer.valid.until);
        let (capacity, spare, price) = match counted {
            true => {
                let wan = |amount: &super::amount::Amount| amount.base_milli() / 10_000;
                (
                    self.number(wan(&offer.capacity)),
                    self.number(wan(&offer.spare)),
                    offer.price.interval().into(),
                )
            }
            false => (
                self.width(format!("{}/月", offer.capacity)),
                self.width(format!("{}/月", offer.spare)),
                offer.price.to_string().into(),
            ),
        };
        vec![
            (&offer.title).into(),
            (&offer.spec).into(),
            capacity,
            spare,
            price,
            offer.certificates.join("/").into(),
            until,
            "虚构企业".into(),
        ]
    }

    fn needs(&mut self, cluster: &Cluster) -> Table {
        let columns = vec![
            column("所需产品", 28.0),
            column("技术要求", 52.0),
            column("需求量", 16.0),
            column("公司", 34.0),
            column("统一信用代码", 22.0),
            column("属地", 12.0),
            column("预算", 18.0),
            column("目前供应地", 14.0),
            column("截止日期", 14.0),
            column("联系人", 10.0),
            column("联系电话", 14.0),
            column("备注", 12.0),
        ];
        let mut table = Table::new(
            "企业需求",
            "泰和县工业企业采购需求（虚构示例数据）".to_owned(),
            String::new(),
            columns,
        );
        for (need, firm) in cluster.needs_of(Source::Bureau) {
            let row = vec![
                (&need.title).into(),
                (&need.spec).into(),
                self.wanted(need),
                firm.labelled().into(),
                firm.uscc.as_str().into(),
                (&firm.county_name).into(),
                need.price.as_ref().map(ToString::to_string).unwrap_or_default().into(),
                (&need.current_place).into(),
                self.day(need.valid.until),
                (&firm.contact.name).into(),
                (&firm.contact.phone).into(),
                "虚构企业".into(),
            ];
            table.push(row);
        }
        table
    }

    /// A quantity as people put it: `5000片/月`, `月需约3万片`, `2台`.
    fn wanted(&mut self, need: &Need) -> Cell {
        let text = written_quantity(self.rng, need);
        self.width(text)
    }

    /// A number in thousandths as a number, or as text with full-width digits.
    fn number(&mut self, milli: i64) -> Cell {
        match self.rng.chance(15) {
            true => full_width(&fixed::show(milli, 3)).into(),
            false => Cell::Number(milli as f64 / 1000.0),
        }
    }

    /// A text, sometimes full-width as an input method leaves it.
    fn width(&mut self, text: String) -> Cell {
        match self.rng.chance(20) {
            true => full_width(&text).into(),
            false => text.into(),
        }
    }

    /// A day as Excel date or as text.
    fn day(&mut self, day: Day) -> Cell {
        match self.rng.chance(40) {
            true => Cell::Date(day),
            false => day.written(self.rng.below(4)).into(),
        }
    }

    fn spoil(&mut self, table: &mut Table, spoilt: &Spoilt, good: [Cell; 8]) -> Result<()> {
        let code = self.names.uscc()?;
        let contact = self.names.person()?;
        let mut row: Vec<Cell> = vec![
            "泰和县".into(),
            labelled(spoilt.company).into(),
            code.as_str().into(),
            contact.name.into(),
            contact.phone.into(),
        ];
        row.extend(good);
        let at = table.column(spoilt.heading)?;
        row[at] = match spoilt.kind {
            Kind::UsccCheck => super::fault::wrong_check(&code).into(),
            _ => spoilt.cell.into(),
        };
        table.push(row);
        self.faults.push(Fault::at(self.file, table, table.rows.len() - 1, at, spoilt.kind));
        Ok(())
    }
}

fn company_columns() -> Vec<Column> {
    vec![
        column("属地", 12.0),
        column("公司", 34.0),
        column("统一信用代码", 22.0),
        column("联系人", 10.0),
        column("联系电话", 14.0),
    ]
}

/// A quantity as people put it: `5000片/月`, `月需约3万片`, `2台`.
pub fn written_quantity(rng: &mut Rng, need: &Need) -> String {
    match need.per {
        Per::Once => need.quantity.to_string(),
        Per::Month => match rng.below(4) {
            0 => format!("{}/月", need.quantity.spelled_out()),
            1 => format!("月需约{}", need.quantity),
            _ => format!("{}/月", need.quantity),
        },
    }
}
