package console

// Routes lists the patterns of the site for tests.
func Routes() []string {
	var out []string
	for _, rt := range (&console{}).routes() {
		out = append(out, rt.method+" "+rt.path)
	}
	return out
}
