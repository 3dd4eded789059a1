//! Forms as records and back: what a person types is read as a cell of a workbook is.

use super::edit::fields;
use super::words::{km, region, revenue, shown, validity, yes_or_no};
use super::{EnterpriseForm, NeedForm, OfferForm};
use crate::{App, Code, Error, Result};
use exchange::columns::{Field, SheetKind, Target};
use exchange::import::{CellError, Context, SheetDrafts, read_form};
use model::enterprise::Enterprise;
use model::markets::MarketKey;
use model::need::Need;
use model::offer::Offer;
use model::reference::Reference;
use model::visibility::Noun;
use std::collections::BTreeMap;

/// What a form says.
pub struct Reading<T> {
    /// The record, without keys.
    pub value: T,
    /// What was read otherwise than a person might think, in Chinese.
    pub warnings: Vec<String>,
}

/// A form of one kind of record.
pub trait Form: Clone {
    /// The record.
    type Record;
    /// What its rows are in a workbook.
    const KIND: SheetKind;
    /// Its fields: name, meaning, and what stands in them.
    fn cells(&self) -> Vec<(&'static str, Field, String)>;
    /// Key of the market; empty for parts and materials.
    fn market(&self) -> &str {
        ""
    }
    /// The market's own fields.
    fn own(&self) -> Option<&BTreeMap<String, String>> {
        None
    }
    /// The same with the fields emptied that say what `before` says, but for the title, without which nothing is read.
    fn touched(&self, before: &Self) -> Self;
    /// The form of a record.
    fn of(record: &Self::Record, owner: i64, reference: &Reference) -> Self;
    /// The record that was read, with what is stored in all fields that still say what `before` says.
    fn keep(&self, read: Self::Record, before: &Self, stored: &Self::Record) -> Self::Record;
    /// The record out of a reading.
    fn take(drafts: SheetDrafts) -> Option<Self::Record>;
}

/// Declares the fields of a form that are empty where they were not touched.
macro_rules! touched {
    ($self:ident, $before:ident, $($field:ident)*) => {{
        let mut out = $self.clone();
        $(if out.$field == $before.$field { out.$field.clear(); })*
        out
    }};
}

/// Puts what is stored into the fields of `read` that still say what `before` says.
macro_rules! kept {
    ($self:ident, $before:ident, $stored:ident => $read:ident: $($field:ident)*) => {
        $(if $self.$field == $before.$field { $read.$field = $stored.$field; })*
    };
}

/// The same for the contact, of which each word is a field of its own.
macro_rules! kept_contact {
    ($self:ident, $before:ident, $stored:ident => $read:ident) => {
        if $self.contact_name == $before.contact_name {
            $read.contact.name = $stored.contact.name;
        }
        if $self.contact_position == $before.contact_position {
            $read.contact.position = $stored.contact.position;
        }
        if $self.contact_phone == $before.contact_phone {
            $read.contact.phone = $stored.contact.phone;
        }
    };
}

/// What needs and offers share: the words that specifications are read from belong together, and so do the days of validity.
macro_rules! kept_record {
    ($self:ident, $before:ident, $stored:ident => $read:ident) => {
        if (&$self.title, &$self.detail, &$self.standard, &$self.material, &$self.own)
            == (&$before.title, &$before.detail, &$before.standard, &$before.material, &$before.own)
        {
            $read.own = $stored.own.clone();
            ($read.title, $read.detail, $read.standard, $read.material) =
                ($stored.title, $stored.detail, $stored.standard, $stored.material);
            ($read.node, $read.specs, $read.unread) = ($stored.node, $stored.specs, $stored.unread);
        } else {
            // What the editor may not see is not in the form.
            for (id, value) in $stored.own {
                if !$before.own.contains_key(&id) && !$self.own.contains_key(&id) {
                    let hidden = format!("{}.{id}", $stored.market);
                    $read.specs.extend($stored.specs.iter().filter(|s| s.property.0 == hidden).cloned());
                    $read.own.insert(id, value);
                }
            }
        }
        if $self.validity == $before.validity {
            ($read.valid_from, $read.valid_until) = ($stored.valid_from, $stored.valid_until);
        }
        if $self.visibility.is_none() {
            $read.visibility = $stored.visibility;
        }
        kept_contact!($self, $before, $stored => $read);
    };
}

impl Form for NeedForm {
    type Record = Need;
    const KIND: SheetKind = SheetKind::Needs;

    fn cells(&self) -> Vec<(&'static str, Field, String)> {
        let level = self.visibility.map_or("", |v| v.zh());
        vec![
            ("title", Field::Title, self.title.clone()),
            ("detail", Field::Detail, self.detail.clone()),
            ("quantity", Field::Quantity, self.quantity.clone()),
            ("price", Field::Price, self.price.clone()),
            ("delivery", Field::Delivery, self.delivery.clone()),
            ("standard", Field::Standard, self.standard.clone()),
            ("material", Field::Material, self.material.clone()),
            ("certificates", Field::Certificates, self.certificates.clone()),
            ("payment", Field::Payment, self.payment.clone()),
            ("current_source", Field::CurrentSupplier, self.current_source.clone()),
            ("max_distance", Field::MaxDistanceKm, self.max_distance.clone()),
            ("validity", Field::Validity, self.validity.clone()),
            ("contact_name", Field::Contact, self.contact_name.clone()),
            ("contact_position", Field::Position, self.contact_position.clone()),
            ("contact_phone", Field::Phone, self.contact_phone.clone()),
            ("note", Field::Note, self.note.clone()),
            ("visibility", Field::Visibility, level.to_owned()),
            ("needed_by", Field::NeededBy, self.needed_by.clone()),
            ("partial", Field::Partial, self.partial.clone()),
        ]
    }

    fn market(&self) -> &str {
        &self.market
    }

    fn own(&self) -> Option<&BTreeMap<String, String>> {
        Some(&self.own)
    }

    fn touched(&self, before: &Self) -> Self {
        touched!(self, before, quantity price delivery certificates payment current_source max_distance validity
            contact_name contact_position contact_phone note needed_by partial)
    }

    fn of(need: &Need, owner: i64, _: &Reference) -> Self {
        Self {
            enterprise: Some(owner),
            title: need.title.clone(),
            detail: need.detail.clone(),
            quantity: shown(need.quantity.as_ref()),
            price: shown(need.price.as_ref()),
            delivery: need.delivery.clone(),
            standard: need.standard.clone(),
            material: need.material.clone(),
            certificates: need.certificates.join("、"),
            payment: need.payment.clone(),
            current_source: need.current_source.clone(),
            max_distance: km(need.max_distance_km),
            validity: validity(need.valid_from, need.valid_until),
            contact_name: need.contact.name.clone(),
            contact_position: need.contact.position.clone(),
            contact_phone: need.contact.phone.clone(),
            note: need.note.clone(),
            visibility: Some(need.visibility),
            needed_by: shown(need.needed_by.as_ref()),
            partial: yes_or_no(need.partial),
            market: if need.market.is_parts() { String::new() } else { need.market.0.clone() },
            own: need.own.clone(),
        }
    }

    fn keep(&self, mut read: Need, before: &Self, stored: &Need) -> Need {
        let stored = stored.clone();
        kept!(self, before, stored => read: quantity price delivery certificates payment current_source note needed_by partial);
        if self.max_distance == before.max_distance {
            read.max_distance_km = stored.max_distance_km;
        }
        kept_record!(self, before, stored => read);
        read
    }

    fn take(drafts: SheetDrafts) -> Option<Need> {
        drafts.needs.into_iter().next().map(|placed| placed.value.need)
    }
}

impl Form for OfferForm {
    type Record = Offer;
    const KIND: SheetKind = SheetKind::Offers;

    fn cells(&self) -> Vec<(&'static str, Field, String)> {
        let level = self.visibility.map_or("", |v| v.zh());
        vec![
            ("title", Field::Title, self.title.clone()),
            ("detail", Field::Detail, self.detail.clone()),
            ("capacity", Field::Capacity, self.capacity.clone()),
            ("spare_capacity", Field::SpareCapacity, self.spare_capacity.clone()),
            ("price", Field::Price, self.price.clone()),
            ("minimum_order", Field::MinimumOrder, self.minimum_order.clone()),
            ("sample_days", Field::SampleDays, self.sample_days.clone()),
            ("standard", Field::Standard, self.standard.clone()),
            ("material", Field::Material, self.material.clone()),
            ("certificates", Field::Certificates, self.certificates.clone()),
            ("supply_radius", Field::SupplyRadiusKm, self.supply_radius.clone()),
            ("customers", Field::Customers, self.customers.clone()),
            ("validity", Field::Validity, self.validity.clone()),
            ("contact_name", Field::Contact, self.contact_name.clone()),
            ("contact_position", Field::Position, self.contact_position.clone()),
            ("contact_phone", Field::Phone, self.contact_phone.clone()),
            ("note", Field::Note, self.note.clone()),
            ("visibility", Field::Visibility, level.to_owned()),
            ("lead_days", Field::LeadDays, self.lead_days.clone()),
            ("lot", Field::Lot, self.lot.clone()),
        ]
    }

    fn market(&self) -> &str {
        &self.market
    }

    fn own(&self) -> Option<&BTreeMap<String, String>> {
        Some(&self.own)
    }

    fn touched(&self, before: &Self) -> Self {
        let mut out = touched!(self, before, price minimum_order sample_days certificates supply_radius customers
            validity contact_name contact_position contact_phone note lead_days lot);
        // A share of the capacity is read with the capacity.
        if (&self.capacity, &self.spare_capacity) == (&before.capacity, &before.spare_capacity) {
            out.capacity.clear();
            out.spare_capacity.clear();
        }
        out
    }

    fn of(offer: &Offer, owner: i64, _: &Reference) -> Self {
        Self {
            enterprise: Some(owner),
            title: offer.title.clone(),
            detail: offer.detail.clone(),
            capacity: shown(offer.capacity.as_ref()),
            spare_capacity: shown(offer.spare_capacity.as_ref()),
            price: shown(offer.price.as_ref()),
            minimum_order: shown(offer.minimum_order.as_ref()),
            sample_days: shown(offer.sample_days.as_ref()),
            standard: offer.standard.clone(),
            material: offer.material.clone(),
            certificates: offer.certificates.join("、"),
            supply_radius: km(offer.supply_radius_km),
            customers: offer.customers.clone(),
            validity: validity(offer.valid_from, offer.valid_until),
            contact_name: offer.contact.name.clone(),
            contact_position: offer.contact.position.clone(),
            contact_phone: offer.contact.phone.clone(),
            note: offer.note.clone(),
            visibility: Some(offer.visibility),
            lead_days: shown(offer.lead_days.as_ref()),
            lot: shown(offer.lot.as_ref()),
            market: if offer.market.is_parts() { String::new() } else { offer.market.0.clone() },
            own: offer.own.clone(),
        }
    }

    fn keep(&self, mut read: Offer, before: &Self, stored: &Offer) -> Offer {
        let stored = stored.clone();
        kept!(self, before, stored => read: capacity spare_capacity price minimum_order sample_days certificates customers note
            lead_days lot);
        if self.supply_radius == before.supply_radius {
            read.supply_radius_km = stored.supply_radius_km;
        }
        kept_record!(self, before, stored => read);
        read
    }

    fn take(drafts: SheetDrafts) -> Option<Offer> {
        drafts.offers.into_iter().next().map(|placed| placed.value.offer)
    }
}

impl Form for EnterpriseForm {
    type Record = Enterprise;
    const KIND: SheetKind = SheetKind::Enterprises;

    fn cells(&self) -> Vec<(&'static str, Field, String)> {
        vec![
            ("name", Field::Enterprise, self.name.clone()),
            ("uscc", Field::Uscc, self.uscc.clone()),
            ("short_name", Field::ShortName, self.short_name.clone()),
            ("region", Field::Region, self.region.clone()),
            ("park", Field::Park, self.park.clone()),
            ("address", Field::Address, self.address.clone()),
            ("industry", Field::Industry, self.industry.clone()),
            ("group", Field::Group, self.group.clone()),
            ("products", Field::Products, self.products.clone()),
            ("employees", Field::Employees, self.employees.clone()),
            ("revenue", Field::Revenue, self.revenue.clone()),
            ("contact_name", Field::Contact, self.contact_name.clone()),
            ("contact_position", Field::Position, self.contact_position.clone()),
            ("contact_phone", Field::Phone, self.contact_phone.clone()),
            ("note", Field::Note, self.note.clone()),
        ]
    }

    fn touched(&self, before: &Self) -> Self {
        let mut out = touched!(self, before, uscc short_name address industry group products employees revenue
            contact_name contact_position contact_phone note);
        // A park says in which county it lies.
        if (&self.region, &self.park) == (&before.region, &before.park) {
            out.region.clear();
            out.park.clear();
        }
        out
    }

    fn of(enterprise: &Enterprise, _: i64, reference: &Reference) -> Self {
        Self {
            name: enterprise.name.clone(),
            uscc: shown(enterprise.uscc.as_ref()),
            short_name: enterprise.short_name.clone(),
            region: region(enterprise.region.as_ref(), reference),
            park: region(enterprise.park.as_ref(), reference),
            address: enterprise.address.clone(),
            industry: enterprise.industry.clone().unwrap_or_default(),
            group: enterprise.group.clone(),
            products: enterprise.products.clone(),
            employees: shown(enterprise.employees.as_ref()),
            revenue: revenue(enterprise.revenue_fen),
            contact_name: enterprise.contact.name.clone(),
            contact_position: enterprise.contact.position.clone(),
            contact_phone: enterprise.contact.phone.clone(),
            note: enterprise.note.clone(),
        }
    }

    fn keep(&self, mut read: Enterprise, before: &Self, stored: &Enterprise) -> Enterprise {
        let stored = stored.clone();
        kept!(self, before, stored => read: name uscc short_name address industry group products employees note);
        if (&self.region, &self.park) == (&before.region, &before.park) {
            (read.region, read.park) = (stored.region, stored.park);
        }
        if self.revenue == before.revenue {
            read.revenue_fen = stored.revenue_fen;
        }
        kept_contact!(self, before, stored => read);
        // What the form does not ask for.
        read.fictional |= stored.fictional;
        Enterprise {
            key: stored.key,
            other_names: stored.other_names,
            point: stored.point,
            visibility: stored.visibility,
            ..read
        }
    }

    fn take(drafts: SheetDrafts) -> Option<Enterprise> {
        drafts.enterprises.into_iter().next().map(|placed| placed.value)
    }
}

impl App {
    /// Reads a form as an import reads a row.
    pub(crate) fn read_form<F: Form>(&self, form: &F) -> Result<Reading<F::Record>> {
        let recogniser = self.live.recogniser(self.reference);
        let recognise = |title: &str, detail: &str| recogniser.recognise(title, detail).map(|(node, _)| node);
        let context =
            Context { reference: self.reference, today: self.today(), recognise: &recognise, lenient: false };
        let market = MarketKey(self.known_market(form.market())?.key.clone());
        let cells = self.cells(form, &market)?;
        let given: Vec<(Target, &str)> =
            cells.iter().map(|(_, target, text)| (*target, text.as_str())).collect();
        let drafts = read_form(F::KIND, &market, &given, &context);
        if !drafts.errors.is_empty() {
            let name = |error: &CellError| {
                cells.get(error.column as usize).map_or_else(String::new, |(name, ..)| name.clone())
            };
            return Err(fields(drafts.errors.iter().map(|e| (name(e), said(e))).collect()));
        }
        let warnings = drafts.warnings.iter().map(|w| format!("{}：{}", w.field, said(w))).collect();
        let value = F::take(drafts).ok_or_else(|| {
            Error::new(Code::Internal, "the form was read without a record and without an error")
        })?;
        Ok(Reading { value, warnings })
    }

    /// The fields of a form with those of its market, by the names that a form gives them.
    fn cells<F: Form>(&self, form: &F, market: &MarketKey) -> Result<Vec<(String, Target, String)>> {
        let cells = form.cells().into_iter();
        let mut cells: Vec<(String, Target, String)> =
            cells.map(|(name, field, text)| (name.to_owned(), Target::Field(field), text)).collect();
        let Some(own) = form.own() else { return Ok(cells) };
        let side = if F::KIND == SheetKind::Needs { Noun::Need } else { Noun::Offer };
        let market = self.reference.markets.other(market);
        let known = |id: &str| market.and_then(|m| m.own(id)).is_some_and(|field| field.name(side).is_some());
        let unknown = own.iter().filter(|(id, text)| !text.trim().is_empty() && !known(id));
        let unknown: Vec<(String, String)> =
            unknown.map(|(id, _)| (format!("own.{id}"), "该市场没有这一项".to_owned())).collect();
        if !unknown.is_empty() {
            return Err(fields(unknown));
        }
        for (place, field) in (0u16..).zip(market.into_iter().flat_map(|m| &m.fields)) {
            if field.own && field.name(side).is_some() {
                let text = own.get(&field.id).cloned().unwrap_or_default();
                cells.push((format!("own.{}", field.id), Target::Own(place), text));
            }
        }
        Ok(cells)
    }

    /// Reads what differs from `before`.
    pub(crate) fn read_touched<F: Form>(&self, form: &F, before: &F) -> Result<Reading<F::Record>> {
        self.read_form(&form.touched(before))
    }
}

/// What is wrong with a field: what was read, what was expected, what to do.
fn said(error: &CellError) -> String {
    let read =
        if error.read.is_empty() { "不能为空".to_owned() } else { format!("读到“{}”", error.read) };
    let hint = if error.hint.is_empty() { String::new() } else { format!("（{}）", error.hint) };
    format!("{read}，应为{}{hint}", error.expected)
}
