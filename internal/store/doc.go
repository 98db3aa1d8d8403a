// Package store keeps the state of Vigie in SQL: what was seen, what was
// decided and by whom, what was sent, and an audit log of all of it.
//
// Two engines stand behind the same methods: SQLite for one process, and
// PostgreSQL. Statements are written where they run, with their columns
// listed; bun fills the question marks in for either dialect. Rules that must
// hold whoever calls (one approval per role, a message reserved once, a stage
// that only moves forward) are kept here, inside the transaction.
//
// Writers take turns: SQLite has one writing connection that begins with
// IMMEDIATE, PostgreSQL takes one advisory lock per transaction. So a method
// may read, decide and write without another writer in between, and the audit
// log, whose entry commits with the change it tells of, has one order.
// Everything that is written is on disk before a method returns
// (synchronous=FULL): the ledger's promise that nothing is sent twice rests on
// it.
//
// What could hold leaked data is sealed before it comes here (candidate rows)
// or here (posts, sessions, log-in secrets). The audit log holds identifiers
// and counts only.
package store
