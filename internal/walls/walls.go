// Package walls guards who may import whom. The table in its test is the map
// of the house: a package that is not on it fails the test, so a new one is
// placed on purpose.
package walls
