package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mutant is one change of one place.
type mutant struct {
	file     string
	line     int
	from, to int // byte offsets of what is replaced
	old, new string
	source   string // the line of the place as it is written, without its comment
	key      string // what the list of equivalent changes calls it
	verdict  verdict
}

// find lists every change of every file of a folder that is not a test.
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
		found, err := changes(file, string(raw))
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: nothing to change", dir)
	}
	return out, nil
}

// changes lists every change of one file. Changes that read alike are told apart by their number.
func changes(file, raw string) ([]*mutant, error) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, file, raw, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(raw, "\n")
	seen := map[string]int{}
	var out []*mutant
	add := func(pos token.Pos, old, new string) {
		at := set.Position(pos)
		source, _, _ := strings.Cut(lines[at.Line-1], "//")
		m := &mutant{file: file, line: at.Line, from: at.Offset, to: at.Offset + len(old), old: old, new: new, source: strings.TrimSpace(source)}
		m.key = fmt.Sprintf("%s: %s: %s → %s", filepath.Base(file), m.source, old, new)
		if seen[m.key]++; seen[m.key] > 1 {
			m.key += fmt.Sprintf(" (%d)", seen[m.key])
		}
		out = append(out, m)
	}
	ast.Inspect(tree, func(n ast.Node) bool { return visit(n, add) })
	return out, nil
}

// others gives what stands in the place of an operator.
var others = map[token.Token][]string{
	token.LSS: {"<=", ">="}, token.LEQ: {"<", ">"}, token.GTR: {">=", "<="}, token.GEQ: {">", "<"},
	token.EQL: {"!="}, token.NEQ: {"=="}, token.LAND: {"||"}, token.LOR: {"&&"},
	token.ADD: {"-"}, token.SUB: {"+"}, token.MUL: {"+"}, token.QUO: {"*"},
	token.ADD_ASSIGN: {"-="}, token.SUB_ASSIGN: {"+="}, token.INC: {"--"}, token.DEC: {"++"},
}

// names gives what stands in the place of a name.
var names = map[string]string{"true": "false", "false": "true", "min": "max", "max": "min"}

// roundHalfUp is the rounding of the law, and roundings are others: down, up, a half down.
const roundHalfUp = "student.RoundHalfUp"

var roundings = []string{
	"func(sum, n int) int { return sum / n }",
	"func(sum, n int) int { return (sum + n - 1) / n }",
	"func(sum, n int) int { return (2*sum + n - 1) / (2 * n) }",
}

func visit(n ast.Node, add func(pos token.Pos, old, new string)) bool {
	operator := func(pos token.Pos, op token.Token) {
		for _, other := range others[op] {
			add(pos, op.String(), other)
		}
	}
	switch n := n.(type) {
	case *ast.ImportSpec:
		return false
	case *ast.BinaryExpr:
		operator(n.OpPos, n.Op)
	case *ast.AssignStmt:
		operator(n.TokPos, n.Tok)
	case *ast.IncDecStmt:
		operator(n.TokPos, n.Tok)
	case *ast.BasicLit:
		if v, err := strconv.Atoi(n.Value); n.Kind == token.INT && err == nil {
			add(n.Pos(), n.Value, strconv.Itoa(v+1))
			add(n.Pos(), n.Value, "("+strconv.Itoa(v-1)+")")
		}
	case *ast.Ident:
		if other, ok := names[n.Name]; ok {
			add(n.Pos(), n.Name, other)
		}
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok && x.Name+"."+n.Sel.Name == roundHalfUp {
			for _, other := range roundings {
				add(n.Pos(), roundHalfUp, other)
			}
		}
	}
	return true
}
