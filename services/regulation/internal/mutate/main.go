// Command mutate changes the law one step at a time and looks whether a test notices: each number by one up and down, each
// comparison to its neighbours, each "and" to "or", each sum to a difference, each true to false. It changes nothing in the tree: the
// changed file is laid over it for one run of the tests.
//
// A change that no input can tell from the original is listed in equivalent, with the reason. Any other change that survives
// is a hole in the tests, and ends the program with 1.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// mutant is one change of one place.
type mutant struct {
	file     string
	line     int
	from, to int // byte offsets of what is replaced
	old, new string
	source   string // the line of the place, as it is written
	verdict  string // killed, survived, uncompilable
}

func main() {
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	mutants, err := find(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	run(dir, mutants)
	os.Exit(report(mutants))
}

// find lists every change of every file that is not a test.
func find(dir string) ([]*mutant, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var out []*mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, raw, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		lines := strings.Split(string(raw), "\n")
		add := func(pos token.Pos, old, new string) {
			at := set.Position(pos)
			out = append(out, &mutant{file: file, line: at.Line, from: at.Offset, to: at.Offset + len(old), old: old, new: new, source: strings.TrimSpace(lines[at.Line-1])})
		}
		ast.Inspect(tree, func(n ast.Node) bool { return visit(n, add) })
	}
	return out, nil
}

var others = map[token.Token][]string{
	token.LSS: {"<=", ">="}, token.LEQ: {"<", ">"}, token.GTR: {">=", "<="}, token.GEQ: {">", "<"},
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LAND: {"||"}, token.LOR: {"&&"},
	token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"+"}, token.QUO: {"*"},
}

func visit(n ast.Node, add func(pos token.Pos, old, new string)) bool {
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.BinaryExpr:
		for _, op := range others[n.Op] {
			add(n.OpPos, n.Op.String(), op)
		}
	case *ast.BasicLit:
		if v, err := strconv.Atoi(n.Value); err == nil {
			add(n.Pos(), n.Value, strconv.Itoa(v+1))
			add(n.Pos(), n.Value, "("+strconv.Itoa(v-1)+")")
		}
	case *ast.Ident:
		switch n.Name {
		case "true":
			add(n.Pos(), "true", "false")
		case "false":
			add(n.Pos(), "false", "true")
		case "min":
			add(n.Pos(), "min", "max")
		case "max":
			add(n.Pos(), "max", "min")
		}
	case *ast.IncDecStmt:
		if n.Tok == token.INC {
			add(n.TokPos, "++", "--")
		}
	}
	return true
}

// run tries every mutant, as many at once as there are processors.
func run(dir string, mutants []*mutant) {
	var wait sync.WaitGroup
	next := make(chan *mutant)
	for range runtime.NumCPU() {
		wait.Go(func() {
			for m := range next {
				m.verdict = try(dir, m)
			}
		})
	}
	for i, m := range mutants {
		if i%25 == 0 {
			fmt.Fprintf(os.Stderr, "\r%d of %d", i, len(mutants))
		}
		next <- m
	}
	close(next)
	wait.Wait()
	fmt.Fprintf(os.Stderr, "\r%d of %d\n", len(mutants), len(mutants))
}

// try lays a mutant over the tree and runs the tests.
func try(dir string, m *mutant) string {
	temp, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return err.Error()
	}
	defer func() { _ = os.RemoveAll(temp) }() // a temporary folder
	raw, err := os.ReadFile(m.file)
	if err != nil {
		return err.Error()
	}
	changed := filepath.Join(temp, "mutant.go")
	if err := os.WriteFile(changed, []byte(string(raw[:m.from])+m.new+string(raw[m.to:])), 0o600); err != nil {
		return err.Error()
	}
	absolute, err := filepath.Abs(m.file)
	if err != nil {
		return err.Error()
	}
	overlay := filepath.Join(temp, "overlay.json")
	list, err := json.Marshal(map[string]map[string]string{"Replace": {absolute: changed}})
	if err == nil {
		err = os.WriteFile(overlay, list, 0o600)
	}
	if err != nil {
		return err.Error()
	}
	cmd := exec.Command("go", "test", "-count=1", "-failfast", "-vet=off", "-timeout=60s", "-overlay="+overlay, ".")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return "survived"
	case strings.Contains(string(out), "[build failed]"), strings.Contains(string(out), "[setup failed]"):
		return "uncompilable"
	}
	return "killed"
}

// report prints the survivors and the sum.
func report(mutants []*mutant) int {
	count := map[string]int{}
	holes := 0
	for _, m := range mutants {
		verdict := m.verdict
		if verdict == "survived" {
			why, known := equivalent[filepath.Base(m.file)+": "+m.source+": "+m.old+" → "+m.new]
			if known {
				verdict = "equivalent"
			} else {
				holes++
				why = "NO TEST NOTICES"
			}
			fmt.Printf("%s:%d  %s → %s  %s\n    %s\n", m.file, m.line, m.old, m.new, why, m.source)
		} else if verdict != "killed" && verdict != "uncompilable" {
			fmt.Printf("%s:%d  %s → %s  %s\n", m.file, m.line, m.old, m.new, verdict)
			holes++
		}
		count[verdict]++
	}
	fmt.Printf("mutants %d: killed %d, survived %d, equivalent %d, uncompilable %d\n",
		len(mutants), count["killed"], count["survived"], count["equivalent"], count["uncompilable"])
	if holes > 0 {
		return 1
	}
	return 0
}
