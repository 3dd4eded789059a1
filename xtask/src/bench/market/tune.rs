//! `cargo xtask bench market --tune`: weights of terms on training sets only, which share no judgement with the sets that
//! are reported: the public test half of QBQTC, Amazon-Google and Walmart-Amazon (products by title), and every second of the
//! listed companies (names).
//!
//! One weight at a time is moved around the shipped ones. What is shipped is changed by hand when a row gains on the mean.

use super::Bench;
use super::retrieval::ours;
use super::sets::{self, Half, JudgedSet};
use crate::machine;
use anyhow::Result;

/// Weights of products: the shipped ones first.
const PRODUCTS: [&str; 16] = [
    "{}",
    r#"{"ideograph":0.5}"#,
    r#"{"ideograph":0.7}"#,
    r#"{"ideograph":1.4}"#,
    r#"{"apart":0.3}"#,
    r#"{"gram3":0.7}"#,
    r#"{"gram3":1.4}"#,
    r#"{"gram4":0.5}"#,
    r#"{"gram4":0.5,"gram5":0.5}"#,
    r#"{"gram4":1.0,"gram5":1.0}"#,
    r#"{"word":0.5}"#,
    r#"{"word":1.5}"#,
    r#"{"model":0.5}"#,
    r#"{"model":2.0}"#,
    r#"{"length":0.8}"#,
    r#"{"length":0.6}"#,
];
/// Weights of names: the shipped ones first.
const NAMES: [&str; 9] = [
    "names",
    "{}",
    r#"{"length":0.5}"#,
    r#"{"length":0.3}"#,
    r#"{"length":0.3,"apart":0.5}"#,
    r#"{"length":0.2,"apart":0.5,"ideograph":1.5}"#,
    r#"{"length":0.2,"apart":0.5,"ideograph":2.5}"#,
    r#"{"length":0.2,"apart":0.8,"ideograph":2.0}"#,
    r#"{"length":0.1,"apart":0.5,"ideograph":2.0}"#,
];

/// Prints nDCG@10 and R@1 of each setting on each training set.
pub fn run(bench: &Bench<'_>) -> Result<()> {
    let program = machine::example(bench.root, "retrieval")?;
    let products = [
        sets::qbqtc(bench, "QBQTC public test, label 2", "qbqtc_test_public.json")?,
        sets::amazon_google(bench)?,
        sets::walmart_amazon(bench)?,
    ];
    let products: Vec<JudgedSet> = products.into_iter().flatten().collect();
    let names: Vec<JudgedSet> = sets::listed_names(bench, Half::Training)?.into_iter().collect();
    for (sets, settings) in [(products, &PRODUCTS[..]), (names, &NAMES[..])] {
        for set in &sets {
            println!("{}", set.name);
        }
        for weights in settings {
            let mut mean = 0.0;
            let mut parts = Vec::new();
            for set in &sets {
                let row = ours(bench, &program, set, weights)?;
                let (ndcg, first) = (row.figures["ndcg_at_10"], row.figures["r_at_1"]);
                mean += ndcg / sets.len() as f64;
                parts.push(format!("{ndcg:.4}/{first:.4}"));
            }
            println!("  mean nDCG@10 {mean:.4}  {}  {weights}", parts.join("  "));
        }
    }
    Ok(())
}
