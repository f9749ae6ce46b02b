//! The organisation's log: intake, ledger, fold, hub, directory sync.
