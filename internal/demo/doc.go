// Package demo plays the world around Vigie: an invented country, a leak site
// on loopback, mail carriers, and the people of the watch team and of the
// controllers, who act through the console's HTTP alone and never see the
// truth. Everything else in a demo is the real system. Nothing but cli imports
// this package.
package demo
