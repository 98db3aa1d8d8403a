package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"vigie/crawlers/extract"
	"vigie/internal/breach"
)

// readRecipe reads the recipe of a name, recipes/NAME.yaml, or of a file.
func readRecipe(name string) (*extract.Recipe, string, error) {
	path := name
	if ext := filepath.Ext(name); ext != ".yaml" && ext != ".yml" && !strings.ContainsRune(name, filepath.Separator) {
		path = filepath.Join("recipes", name+".yaml")
	}
	f, err := input(path)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = f.Close() }()
	r, err := extract.ReadRecipe(f)
	if err != nil {
		return nil, "", &breach.RefusedError{Code: "bad-recipe", What: path, Hint: err.Error()}
	}
	return r, path, nil
}

// checkRecipe reads the cases of a recipe and says which are read wrong.
func checkRecipe(s *session, r *extract.Recipe, path string) error {
	wrong := r.Check(func(file string) ([]byte, error) {
		root, err := os.OpenRoot(filepath.Dir(path)) // a case's page lies beside its recipe, not elsewhere
		if err != nil {
			return nil, fmt.Errorf("opening the folder of the recipe: %w", err)
		}
		defer func() { _ = root.Close() }()
		f, err := root.Open(file)
		if err != nil {
			return nil, fmt.Errorf("opening its file: %w", err)
		}
		defer func() { _ = f.Close() }()
		return io.ReadAll(io.LimitReader(f, maxPage))
	})
	for _, w := range wrong {
		_, _ = fmt.Fprintln(s.std.Out, w)
	}
	_, err := fmt.Fprintf(s.std.Out, "%s: %d cases, %d faults\n", r.Name, len(r.Cases), len(wrong))
	switch {
	case len(r.Cases) == 0:
		return &breach.RefusedError{Code: "no-cases", What: path, Hint: "a recipe without cases cannot be checked: add one under cases"}
	case len(wrong) > 0:
		return errRefused
	}
	return err
}
