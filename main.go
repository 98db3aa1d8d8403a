// Command vigie watches leak sites, compares stolen files with protected
// registries and tells the people concerned. See README.md.
package main

import (
	"os"

	"vigie/internal/cli"
	"vigie/internal/reading"
)

func main() {
	reading.ServeChild()
	os.Exit(cli.Main(os.Args[1:], cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, engine))
}
