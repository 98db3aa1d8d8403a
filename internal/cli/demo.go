package cli

import "vigie/internal/demo"

// demoCmd runs the whole pipeline on invented people.
type demoCmd struct {
	People int    `help:"People in the invented country." default:"3000"`
	Seed   uint64 `help:"The same seed gives the same country." default:"1"`
	Exit   bool   `help:"Play the reviewers and controllers through HTTP alone, then leave."`
	JSON   bool   `help:"The summary as one JSON document."`
	Listen string `help:"Address of the console; port 0 chooses a free one." default:"127.0.0.1:0" placeholder:"HOST:PORT"`
}

// Help shows examples.
func (demoCmd) Help() string {
	return "Nothing else need be installed. Start again with the same --data after a crash or Ctrl-C: it goes on where it stood.\n\nExamples:\n  vigie demo --exit\n  vigie demo --people 20000 --data /tmp/vigie-demo"
}

// Run plays.
func (c demoCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if c.People < 200 {
		c.People = 200 // fewer make no country
	}
	cfg.Console.Listen = c.Listen
	if err := s.engineFor(cfg); err != nil {
		return err
	}
	sum, err := demo.Run(s, demo.Options{
		Config: cfg, Engine: s.engine, People: c.People, Seed: c.Seed, Exit: c.Exit, Log: s.log, Progress: s.std.Err,
	})
	if err != nil {
		return err
	}
	if sum == nil { // left before the end
		return s.Err()
	}
	if c.JSON {
		return s.document(sum)
	}
	return sum.Write(s.std.Out)
}
