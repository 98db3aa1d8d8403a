// Package tortest shows that visits work over a real Tor: its tests make a
// whole network on loopback, directory authorities and all, with onion services
// before an invented site. Nothing of it is known to, or reaches, the public
// network. They take half a minute, so they are a package of their own.
package tortest
