//! Redaction: what a viewer may not see is blank, field by field.

use model::enterprise::{Contact, Enterprise};
use model::markets::MarketKey;
use model::need::Need;
use model::offer::Offer;
use model::spec::Specification;
use model::visibility::{Noun, Visibility, VisibilityTable};
use std::collections::BTreeMap;

/// How much of one record one viewer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Fields up to this level, the row's own wish included; none for a record that does not exist for the viewer.
    pub level: Option<Visibility>,
    /// Whether contacts are shown; where nothing is said, the table's level decides.
    pub contact: Option<bool>,
    /// Fields whose own level is above this stay blank whoever looks: what is shown in passing is not recorded, so it holds
    /// nothing that would have to be.
    pub shown: Visibility,
}

impl From<Visibility> for Sight {
    fn from(level: Visibility) -> Self {
        Self { level: Some(level), contact: None, shown: Visibility::Own }
    }
}

impl Sight {
    /// The same for a row among many: protected fields stay blank, unless the record is the viewer's own.
    #[must_use]
    pub fn in_passing(self) -> Self {
        match self.level {
            Some(Visibility::Own) => self,
            _ => Self { shown: Visibility::Members, contact: Some(false), ..self },
        }
    }
}

/// Answers, for one record and one viewer, whether a field may be seen.
struct Lens<'a> {
    table: &'a VisibilityTable,
    noun: Noun,
    market: &'a MarketKey,
    row: Visibility,
    sight: Sight,
}

impl Lens<'_> {
    fn shows(&self, field: &str) -> bool {
        let Some(sees) = self.sight.level else { return false };
        let level = |row| self.table.level_in(self.market, self.noun, field, row);
        level(self.row) <= sees
            && (self.sight.shown == Visibility::Own || level(Visibility::Public) <= self.sight.shown)
    }

    /// What is compared: of a market's own field as far as the field itself is shown.
    fn specs(&self, value: Vec<Specification>) -> Vec<Specification> {
        let shown = self.shows("specs");
        let own = |spec: &Specification| spec.property.0.split_once('.').map(|(_, field)| field.to_owned());
        value.into_iter().filter(|spec| own(spec).map_or(shown, |field| self.shows(&field))).collect()
    }

    fn own(&self, mut value: BTreeMap<String, String>) -> BTreeMap<String, String> {
        value.retain(|field, _| self.shows(field));
        value
    }

    fn text(&self, field: &str, value: String) -> String {
        if self.shows(field) { value } else { String::new() }
    }

    fn list<T>(&self, field: &str, value: Vec<T>) -> Vec<T> {
        if self.shows(field) { value } else { Vec::new() }
    }

    fn option<T>(&self, field: &str, value: Option<T>) -> Option<T> {
        value.filter(|_| self.shows(field))
    }

    fn contact(&self, value: Contact) -> Contact {
        let shown = match self.sight.contact {
            None => self.shows("contact"),
            // A row closed further than the viewer sees keeps its contact, too.
            Some(released) => released && self.sight.level.is_some_and(|sees| self.row <= sees),
        };
        if shown { value } else { Contact::default() }
    }
}

/// The enterprise as a viewer may see it. The key stays: it joins records.
pub fn enterprise(table: &VisibilityTable, sight: impl Into<Sight>, value: Enterprise) -> Enterprise {
    let market = MarketKey::default();
    let lens =
        Lens { table, noun: Noun::Enterprise, market: &market, row: value.visibility, sight: sight.into() };
    // Destructured, so that a new field cannot be forgotten here.
    let Enterprise {
        key,
        uscc,
        name,
        short_name,
        other_names,
        region,
        park,
        address,
        point,
        industry,
        group,
        products,
        employees,
        revenue_fen,
        contact,
        note,
        fictional,
        visibility,
        merged_into: _,
    } = value;
    Enterprise {
        key,
        uscc: lens.option("uscc", uscc),
        name: lens.text("name", name),
        short_name: lens.text("short_name", short_name),
        other_names: lens.list("other_names", other_names),
        region: lens.option("region", region),
        park: lens.option("park", park),
        address: lens.text("address", address),
        point: lens.option("point", point),
        industry: lens.option("industry", industry),
        group: lens.text("group", group),
        products: lens.text("products", products),
        employees: lens.option("employees", employees),
        revenue_fen: lens.option("revenue_fen", revenue_fen),
        contact: lens.contact(contact),
        note: lens.text("note", note),
        fictional,
        visibility,
        // A record that was merged is nobody's to see; its survivor is.
        merged_into: None,
    }
}

/// The need as a viewer may see it; key and enterprise key stay.
pub fn need(table: &VisibilityTable, sight: impl Into<Sight>, value: Need) -> Need {
    let market = value.market.clone();
    let lens = Lens { table, noun: Noun::Need, market: &market, row: value.visibility, sight: sight.into() };
    let Need {
        key,
        enterprise,
        number,
        title,
        detail,
        node,
        specs,
        unread,
        quantity,
        price,
        delivery,
        standard,
        material,
        certificates,
        payment,
        current_source,
        max_distance_km,
        valid_from,
        valid_until,
        contact,
        note,
        visibility,
        needed_by,
        partial,
        market: _,
        own,
        merged_into: _,
    } = value;
    Need {
        key,
        enterprise,
        number: lens.text("number", number),
        title: lens.text("title", title),
        detail: lens.text("detail", detail),
        node: lens.option("node", node),
        specs: lens.specs(specs),
        unread: lens.list("specs", unread),
        quantity: lens.option("quantity", quantity),
        price: lens.option("price", price),
        delivery: lens.text("delivery", delivery),
        standard: lens.text("standard", standard),
        material: lens.text("material", material),
        certificates: lens.list("certificates", certificates),
        payment: lens.text("payment", payment),
        current_source: lens.text("current_source", current_source),
        max_distance_km: lens.option("max_distance_km", max_distance_km),
        valid_from: lens.option("validity", valid_from),
        valid_until: lens.option("validity", valid_until),
        contact: lens.contact(contact),
        note: lens.text("note", note),
        visibility,
        needed_by: lens.option("needed_by", needed_by),
        partial: lens.option("partial", partial),
        own: lens.own(own),
        // A key holds a title, which may not be seen.
        merged_into: None,
        market,
    }
}

/// The offer as a viewer may see it; key and enterprise key stay.
pub fn offer(table: &VisibilityTable, sight: impl Into<Sight>, value: Offer) -> Offer {
    let market = value.market.clone();
    let lens = Lens { table, noun: Noun::Offer, market: &market, row: value.visibility, sight: sight.into() };
    let Offer {
        key,
        enterprise,
        number,
        title,
        detail,
        node,
        specs,
        unread,
        capacity,
        spare_capacity,
        price,
        minimum_order,
        sample_days,
        standard,
        material,
        certificates,
        supply_radius_km,
        customers,
        valid_from,
        valid_until,
        contact,
        evidence,
        note,
        visibility,
        lead_days,
        lot,
        market: _,
        own,
        merged_into: _,
    } = value;
    Offer {
        key,
        enterprise,
        number: lens.text("number", number),
        title: lens.text("title", title),
        detail: lens.text("detail", detail),
        node: lens.option("node", node),
        specs: lens.specs(specs),
        unread: lens.list("specs", unread),
        capacity: lens.option("capacity", capacity),
        spare_capacity: lens.option("spare_capacity", spare_capacity),
        price: lens.option("price", price),
        minimum_order: lens.option("minimum_order", minimum_order),
        sample_days: lens.option("sample_days", sample_days),
        standard: lens.text("standard", standard),
        material: lens.text("material", material),
        certificates: lens.list("certificates", certificates),
        supply_radius_km: lens.option("supply_radius_km", supply_radius_km),
        customers: lens.text("customers", customers),
        valid_from: lens.option("validity", valid_from),
        valid_until: lens.option("validity", valid_until),
        contact: lens.contact(contact),
        evidence: lens.list("evidence", evidence),
        note: lens.text("note", note),
        visibility,
        lead_days: lens.option("lead_days", lead_days),
        lot: lens.option("lot", lot),
        own: lens.own(own),
        // A key holds a title, which may not be seen.
        merged_into: None,
        market,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::reference::Reference;

    #[test]
    fn a_member_sees_neither_contact_nor_present_supplier() {
        let table = &Reference::builtin().visibility;
        let mut full = Need::new("k", "e", "面罩");
        full.contact.phone = "0".repeat(11);
        full.current_source = "外省".into();
        full.delivery = "30天".into();
        let seen = need(table, Visibility::Members, full.clone());
        assert_eq!((seen.contact.phone.as_str(), seen.current_source.as_str()), ("", ""));
        assert_eq!(seen.delivery, "30天");
        assert_eq!(need(table, Visibility::Secretariat, full.clone()), full);
        let mut closed = full.clone();
        closed.visibility = Visibility::Own;
        assert_eq!(need(table, Visibility::Secretariat, closed).title, "");
    }
}
