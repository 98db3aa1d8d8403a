// Package breach holds the nouns of Vigie and the rules that belong to them.
//
// It imports only the standard library, and every other package may import it.
// The words follow the GDPR: a notification goes to the supervisory authority
// (Art. 33), a communication to the data subject (Art. 34). Identifiers are
// opaque: they may travel through logs, errors and workflow histories, where
// names, addresses and leaked values never do.
package breach
