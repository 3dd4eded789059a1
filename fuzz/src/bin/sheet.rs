//! Any bytes called a workbook give sheets or an error, never a panic.
#![no_main]

use exchange::columns::{Headings, PlanOptions, plan_workbook};
use exchange::import::{Context, parse};
use exchange::sheet::{ReadOptions, read};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use model::reference::Reference;
use std::sync::Once;

/// The reader turns panics inside the spreadsheet library into errors; libFuzzer's own hook would abort before that. A panic
/// that escapes still ends the run.
static HOOK: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    HOOK.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
    let reference = Reference::builtin();
    let Ok(sheets) = read(bytes, "fuzz", &ReadOptions::default()) else { return };
    let headings = Headings::builtin(reference);
    let Ok(plans) = plan_workbook(&sheets, &headings, &PlanOptions::default()) else { return };
    for (index, plan) in plans {
        let context = Context { reference, today: date(2026, 11, 22), recognise: &|_, _| None, lenient: false };
        let drafts = parse(&sheets[index], &plan, &context);
        assert!(drafts.accepted() as u64 <= u64::from(drafts.rows));
    }
});
