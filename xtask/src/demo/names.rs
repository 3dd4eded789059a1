//! Invented names, codes, addresses and telephone numbers.

use super::cluster::Person;
use super::rng::Rng;
use super::world::{Place, World};
use anyhow::{Context, Result};
use model::uscc::Uscc;

/// Gives every enterprise a name that no other has.
pub struct Names<'a> {
    world: &'a World,
    rng: Rng,
    /// Invented two-character names that are not given yet.
    brands: Vec<&'a str>,
    given: usize,
}

/// A name with its short form.
pub struct Name {
    /// Registered name.
    pub full: String,
    /// Short name.
    pub short: String,
}

impl<'a> Names<'a> {
    /// Starts with all brands of `demo/words.csv` in seeded order.
    ///
    /// # Errors
    /// When the list of brands is missing.
    pub fn new(world: &'a World, seed: u64) -> Result<Self> {
        let mut rng = Rng::new(seed, "names");
        let mut brands: Vec<&str> = world.words("brand")?.iter().map(String::as_str).collect();
        brands.sort_unstable();
        brands.dedup();
        rng.shuffle(&mut brands);
        Ok(Self { world, rng, brands, given: 0 })
    }

    /// Keeps a brand for a hand-written enterprise.
    pub fn reserve(&mut self, brand: &str) {
        self.brands.retain(|b| *b != brand);
    }

    /// An unused name for an enterprise of `group` at `place`.
    ///
    /// # Errors
    /// When the brands are used up.
    pub fn name(&mut self, place: &Place, group: &str) -> Result<Name> {
        let brand = self.brands.pop().context("more enterprises than brands in demo/words.csv")?;
        let trade = self.rng.pick(self.world.words(&format!("trade:{group}"))?);
        let county = &place.county_name;
        let short = format!("{brand}{}", trade.chars().take(2).collect::<String>());
        let full = match self.rng.below(10) {
            0..=3 => format!("{}{brand}{trade}有限公司", seat_name(county)),
            4..=6 => format!("{county}{brand}{trade}有限公司"),
            7 | 8 => format!("江西{}{brand}{trade}有限公司", seat_name(county)),
            _ => format!("吉安市{brand}{trade}（{}）有限公司", seat_name(county)),
        };
        Ok(Name { full, short })
    }

    /// The next code of the range that marks an invented enterprise: `91360899XUGU....`, 虚构.
    ///
    /// # Errors
    /// Never in practice: the 16 characters are code characters.
    pub fn uscc(&mut self) -> Result<Uscc> {
        self.given += 1;
        Ok(Uscc::complete(&format!("91360899XUGU{:04}", self.given))?)
    }

    /// An address in a street that does not exist.
    ///
    /// # Errors
    /// When the list of streets is missing.
    pub fn address(&mut self, place: &Place) -> Result<String> {
        let street = self.rng.pick(self.world.words("street")?);
        let park = place.park.as_deref().unwrap_or_default();
        Ok(format!("{}{park}{street}{}号", place.county_name, self.rng.within(1, 200)))
    }

    /// A person to call: surname and form of address only, and a number that no network gives out.
    ///
    /// # Errors
    /// When a list of words is missing.
    pub fn person(&mut self) -> Result<Person> {
        let name = format!(
            "{}{}",
            self.rng.pick(self.world.words("surname")?),
            self.rng.pick(self.world.words("address")?)
        );
        let position = self.rng.pick(self.world.words("position")?).clone();
        Ok(Person { name, position, phone: format!("000-0796{:04}", self.given) })
    }
}

/// 万安县 is called 万安, but 吉安县 keeps its last character: without it, it would be the city.
fn seat_name(county: &str) -> &str {
    match county {
        "吉安县" => county,
        _ => county.trim_end_matches(['县', '区', '市']),
    }
}
