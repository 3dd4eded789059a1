//! What a list says of pairs and gaps, in the language of whoever reads it.

use super::compose::site;
use market::{Input, Site};
use model::language::Language;
use model::list::ListIndex;
use model::matching::{Gap, GapCause, Match};
use model::offer::Offer;
use model::reference::Reference;
use std::borrow::Cow;
use std::collections::HashMap;

/// Tells the sentences of a list: Chinese ones are frozen in it, those of another language are made again from the records that
/// are frozen beside them ([`market::retold`]).
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    reference: &'a Reference,
    index: &'a ListIndex<'a>,
    language: Language,
}

impl<'a> Telling<'a> {
    /// Tells what the indexed content says.
    pub fn of(reference: &'a Reference, index: &'a ListIndex<'a>, language: Language) -> Self {
        Self { reference, index, language }
    }

    /// A match of the list's needs and offers.
    pub fn matched<'m>(&self, matched: &'m Match) -> Cow<'m, Match> {
        let known = self.index.need(&matched.need).zip(self.index.offer(&matched.offer));
        let Some((need, offer)) = known.filter(|_| self.language != Language::Chinese) else {
            return Cow::Borrowed(matched);
        };
        let sites = self.sites([&need.need.enterprise, &offer.offer.enterprise]);
        let input = Input {
            needs: std::slice::from_ref(&need.need),
            offers: std::slice::from_ref(&offer.offer),
            ..self.input(&sites)
        };
        Cow::Owned(market::retold(&input, &need.need, &offer.offer, matched, self.language))
    }

    /// A gap of the list.
    pub fn gap<'g>(&self, gap: &'g Gap) -> Cow<'g, Gap> {
        let need = self.index.need(&gap.need).filter(|_| self.language != Language::Chinese);
        let Some(need) = need else { return Cow::Borrowed(gap) };
        let nearest = match &gap.cause {
            GapCause::SpecificationShort { offer, .. } => Some(offer),
            _ => None,
        };
        let named = gap.remedies.iter().map(|remedy| &remedy.offer).chain(nearest);
        let offers: Vec<Offer> = named.filter_map(|key| Some(self.index.offer(key)?.offer.clone())).collect();
        let sites = HashMap::new();
        let input = Input { needs: std::slice::from_ref(&need.need), offers: &offers, ..self.input(&sites) };
        Cow::Owned(market::retold_gap(&input, &need.need, gap, self.language))
    }

    fn sites(&self, enterprises: [&str; 2]) -> HashMap<String, Site> {
        let known = enterprises.into_iter().filter_map(|key| self.index.enterprise(key));
        known.map(|enterprise| (enterprise.key.clone(), site(self.reference, enterprise))).collect()
    }

    fn input<'s>(&self, sites: &'s HashMap<String, Site>) -> Input<'s>
    where
        'a: 's,
    {
        let period = Some(self.index.content.period);
        Input { needs: &[], offers: &[], sites, period, reference: self.reference }
    }
}
