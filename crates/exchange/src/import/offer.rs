//! Rows of offers.

use super::draft::OfferDraft;
use super::row::RowReader;
use super::specs::{LINE_CHARS, NOTE_CHARS};
use crate::columns::Field;
use model::offer::Offer;

impl RowReader<'_> {
    pub(super) fn offer_row(&mut self) -> OfferDraft {
        let enterprise = self.enterprise();
        let title = self.title();
        let mut offer = Offer::new("", "", &title);
        offer.number = self.line(Field::Number, LINE_CHARS);
        offer.material = self.line(Field::Material, NOTE_CHARS);
        offer.standard = self.line(Field::Standard, NOTE_CHARS);
        let read = self.specification(&title, &offer.material, &offer.standard);
        (offer.detail, offer.node, offer.specs, offer.unread) =
            (read.detail, read.node, read.specs, read.unread);
        offer.capacity = self.capacity();
        offer.spare_capacity = self.spare_capacity(offer.capacity.as_ref());
        offer.price = self.price();
        offer.minimum_order = self.minimum_order();
        offer.sample_days = self.days(Field::SampleDays);
        offer.certificates = self.certificates();
        offer.supply_radius_km = self.kilometres(Field::SupplyRadiusKm);
        offer.customers = self.line(Field::Customers, NOTE_CHARS);
        (offer.valid_from, offer.valid_until) = self.validity();
        offer.contact = self.contact();
        offer.note = self.joined(Field::Note, NOTE_CHARS);
        offer.visibility = self.visibility();
        offer.lead_days = self.days(Field::LeadDays);
        offer.lot = self.lot();
        offer.market = self.sheet.plan.market.clone();
        let own = self.own();
        offer.specs.extend(own.specs);
        offer.own = own.values;
        OfferDraft { enterprise, offer }
    }
}
