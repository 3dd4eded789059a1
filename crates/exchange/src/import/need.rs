//! Rows of needs.

use super::draft::NeedDraft;
use super::row::RowReader;
use super::specs::{LINE_CHARS, NOTE_CHARS};
use crate::columns::Field;
use crate::sheet::Value;
use model::need::Need;

impl RowReader<'_> {
    pub(super) fn need_row(&mut self) -> NeedDraft {
        let enterprise = self.enterprise();
        let title = self.title();
        let mut need = Need::new("", "", &title);
        need.number = self.line(Field::Number, LINE_CHARS);
        need.material = self.line(Field::Material, NOTE_CHARS);
        need.standard = self.line(Field::Standard, NOTE_CHARS);
        let read = self.specification(&title, &need.material, &need.standard);
        (need.detail, need.node, need.specs, need.unread) = (read.detail, read.node, read.specs, read.unread);
        need.quantity = self.need_quantity(&mut need.note);
        need.price = self.price();
        need.delivery = self.delivery();
        need.certificates = self.certificates();
        need.payment = self.line(Field::Payment, NOTE_CHARS);
        need.current_source = self.current_source();
        need.max_distance_km = self.kilometres(Field::MaxDistanceKm);
        (need.valid_from, need.valid_until) = self.validity();
        need.contact = self.contact();
        let note = self.joined(Field::Note, NOTE_CHARS);
        need.note = [note, need.note].into_iter().filter(|n| !n.is_empty()).collect::<Vec<_>>().join("；");
        need.visibility = self.visibility();
        need.needed_by = self.date(Field::NeededBy, true);
        need.partial = self.yes_or_no(Field::Partial);
        need.market = self.sheet.plan.market.clone();
        let own = self.own();
        need.specs.extend(own.specs);
        need.own = own.values;
        NeedDraft { enterprise, need }
    }

    /// Delivery in words; a number of a column headed 交期（天） is days.
    fn delivery(&mut self) -> String {
        let Some(found) = self.one(Field::Delivery) else { return String::new() };
        if let Value::Number(_) = *found.value {
            let unit = found.plan.unit.as_deref().unwrap_or("天");
            return format!("{}{unit}", found.text());
        }
        self.joined(Field::Delivery, NOTE_CHARS)
    }

    fn current_source(&mut self) -> String {
        let place = self.line(Field::CurrentPlace, NOTE_CHARS);
        let supplier = self.line(Field::CurrentSupplier, NOTE_CHARS);
        [place, supplier].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" / ")
    }
}
