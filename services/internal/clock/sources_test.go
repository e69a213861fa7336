package clock_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// elsewhere are the files that may write or place a time without this package, each with why.
var elsewhere = map[string]string{
	"drive/build.go":            "a drive's folder names its own zone and has a form of its own",
	"drive/asking.go":           "the day of a budget is a key in the store",
	"matching/server/call.go":   "the hour is a part of a key, in UTC",
	"standalone/drills/main.go": "the day of a table for developers, in UTC",
}

// No other place writes a time for people: the zone of the machine, a zone without a label, or a second form would come back.
func TestOnePlaceWritesTimes(t *testing.T) {
	root := filepath.Join("..", "..")
	files := token.NewFileSet()
	left := maps.Clone(elsewhere)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if strings.HasPrefix(name, "internal/clock/") || elsewhere[name] != "" {
			delete(left, name)
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		imported := importsOf(file)
		ast.Inspect(file, func(n ast.Node) bool {
			if what := writesTime(n, imported); what != "" {
				t.Errorf("%s: %s: use services/internal/clock", files.Position(n.Pos()), what)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("these files are gone, take them from the list: %v", left)
	}
}

// importsOf are the names under which a file knows packages.
func importsOf(file *ast.File) map[string]bool {
	out := map[string]bool{}
	for _, i := range file.Imports {
		name := strings.Trim(i.Path.Value, `"`)
		name = name[strings.LastIndexByte(name, '/')+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		out[name] = true
	}
	return out
}

// writesTime says what a node does that only package clock may do; "" for nothing.
func writesTime(n ast.Node, imported map[string]bool) string {
	if s, ok := n.(*ast.SelectorExpr); ok && named(s) == "time.Local" {
		return "the zone of the machine"
	}
	c, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	s, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if x, ok := s.X.(*ast.Ident); ok && imported[x.Name] {
		if named(s) == "time.FixedZone" || named(s) == "time.LoadLocation" {
			return "a zone of its own"
		}
		return "" // changes.Format(…) is a conversion
	}
	switch {
	case s.Sel.Name == "Local" && len(c.Args) == 0:
		return "the zone of the machine"
	case s.Sel.Name == "Format" && len(c.Args) == 1 && !forMachines(c.Args[0]), s.Sel.Name == "AppendFormat" && len(c.Args) == 2 && !forMachines(c.Args[1]):
		return "a form of its own"
	}
	return ""
}

// forMachines reports whether a layout carries its offset, so that it can be read without knowing the zone.
func forMachines(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && (named(s) == "time.RFC3339" || named(s) == "time.RFC3339Nano")
}

func named(s *ast.SelectorExpr) string {
	if x, ok := s.X.(*ast.Ident); ok {
		return x.Name + "." + s.Sel.Name
	}
	return ""
}
