// Package linkage decides which registered person, if any, a row of a stolen
// file is about. It is pure: it reads and writes nothing but an index or a
// model, looks at no clock, and gives the same bits in any order of rows,
// with any number of workers, on any machine.
//
// The theory is Fellegi and Sunter (1969): every comparison of two records has
// graded levels; a level is worth log2(m/u) bits, where m is how often it
// occurs between two records of one person and u between records of two. What
// is missing on either side is worth nothing. On top of it stand four things.
//
//   - Value-specific u: agreeing on a rare name says more than on a common
//     one. Shares of names come from the registry and, if given, the country.
//   - An open set: a row may be about nobody in the registry. The posterior is
//     shared between the candidates, a stranger, and a relative of a candidate
//     who is not registered (same name, address, phone, other given name).
//     Twins and namesakes therefore share the probability and go to review.
//   - Parameters learnt from the leak against the registry without labels: m
//     and the share of registered people by expectation-maximisation over whole
//     rows, u from pairs drawn by content (Train). A leak too small to teach is
//     weighed with built-in parameters, and Model.Version says so.
//   - Budgets instead of thresholds: false links among those told, missed people
//     sent to review. Nothing is automatic while a namesake somewhere in the
//     country, a twin or a sibling would explain the row as well.
//
// Sums are integers: probabilities are parts per billion, weights are bits in
// fixed point. Write makes the index of a registry in one pass, Open reads it
// page by page as rows ask for people, Train makes a Model, NewMatcher puts
// them to work on rows; a Panel does so for many registries at once. Link and Dedupe bring any two files together, or one
// with itself, by a model of their own: it knows no registry, learns from the
// files alone, and joins copies of one person into clusters (pair*.go).
package linkage
