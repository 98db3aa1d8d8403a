//go:build !linux

package linkage

// nearby does nothing: only Linux takes such wishes.
func nearby([][pageSize]byte) {}
