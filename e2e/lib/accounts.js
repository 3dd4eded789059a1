// The accounts of the demo cluster (crates/yulin/src/commands/demo.rs makes them).
export const ACCOUNTS = {};
