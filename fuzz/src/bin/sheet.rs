//! Any bytes called a workbook give sheets or an error, never a panic.
#![no_main]

use exchange::columns::{Headings, PlanOptions, plan_workbook};
use exchange::sheet::{ReadOptions, read};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use model::reference::Reference;

fuzz_target!(|bytes: &[u8]| {
    let reference = Reference::builtin();
    let Ok(sheets) = read(bytes, "fuzz", &ReadOptions::default()) else { return };
    let headings = Headings::builtin(reference);
    let Ok(plans) = plan_workbook(&sheets, &headings, &PlanOptions::default()) else { return };
    for (index, plan) in plans {
        let drafts = exchange::import::parse(
            &sheets[index],
            &plan,
            reference,
            date(2026, 11, 22),
            &|_, _| None,
            &mut |_| {},
        );
        assert!(drafts.accepted() as u64 <= u64::from(drafts.rows));
    }
});
