//go:build !linux

package evidence

// clockSource says which clock dates captures.
func clockSource() string { return "system clock, state unknown" }
