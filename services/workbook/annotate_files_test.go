package workbook

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// Other programs name the parts of comments in other ways, write prefixes, and leave out what can be left out.
func TestAnnotateFilesOfOtherPrograms(t *testing.T) {
	const main = `xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	files := map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"xl/workbook.xml":            `<x:workbook ` + main + `><x:sheets><x:sheet name="A" sheetId="1" r:id="R1"/><x:sheet name="B" sheetId="2" r:id="R2"/></x:sheets></x:workbook>`,
		"xl/_rels/workbook.xml.rels": rels + `<Relationship Id="R1" Type="t/worksheet" Target="/xl/worksheets/one.xml"/><Relationship Id="R2" Type="t/worksheet" Target="worksheets/two.xml"/><Relationship Id="R3" Type="t/styles" Target="styles.xml"/></Relationships>`,
		"xl/styles.xml": `<x:styleSheet ` + main + `><x:fonts><x:font/></x:fonts><x:fills><x:fill/><x:fill/></x:fills><x:borders><x:border/></x:borders>` +
			`<x:cellXfs count="2"><x:xf/><x:xf numFmtId="49" quotePrefix='1' fillId='0'><x:alignment wrapText="1"/></x:xf></x:cellXfs></x:styleSheet>`,
		"xl/worksheets/one.xml": `<x:worksheet ` + main + `><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c><x:c s="1"><x:v>1</x:v></x:c></x:row><x:row r="3" s="1"/></x:sheetData>` +
			`<x:pageMargins/><x:legacyDrawing r:id="L1"/></x:worksheet>`,
		"xl/worksheets/_rels/one.xml.rels":    rels + `<Relationship Id="L1" Type="t/vmlDrawing" Target="/xl/drawings/commentsDrawing1.vml"/><Relationship Id="C1" Type="t/comments" Target="/xl/comments/comment1.xml"/></Relationships>`,
		"xl/comments/comment1.xml":            `<x:comments ` + main + `><x:authors><x:author>Lan</x:author></x:authors><x:commentList><x:comment ref="A1" authorId="0"><x:text><x:t>của cô</x:t></x:text></x:comment><x:comment ref="B1" authorId="0"><x:text/></x:comment></x:commentList></x:comments>`,
		"xl/drawings/commentsDrawing1.vml":    `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shape id="vml1"><br></v:shape></xml>`,
		"xl/worksheets/two.xml":               `<x:worksheet ` + main + `><x:cols><x:col min="2" max="3" style="1"/></x:cols><x:sheetData/><x:extLst/></x:worksheet>`,
		"docProps/somebody/else's/thing.data": "\x00\x01",
	}
	out := mustAnnotate(t, mustZip(t, files), []Mark{{"A!A1", "error", "x"}, {"A!B1", "info", "y"}, {"A!B3", "error", "z"}, {"B!C2", "error", "w"}})
	got := partsOfFile(t, out)
	for name, want := range map[string][]string{
		"xl/styles.xml":         {`<x:fills count="4">`, `<x:cellXfs count="5">`, `<x:xf applyFill="1" numFmtId="49" quotePrefix='1' fillId="3"><x:alignment wrapText="1"/></x:xf>`, `<x:fgColor rgb="FFFFC7CE"/>`},
		"xl/worksheets/one.xml": {`<x:c s="2" t="inlineStr">`, `<x:c s="3"><x:v>`, `<x:row r="3" s="1"><x:c r="B3" s="4"/></x:row>`},
		"xl/worksheets/two.xml": {`<x:sheetData><x:row r="2"><x:c r="C2" s="4"/></x:row></x:sheetData><x:legacyDrawing`},
		"xl/comments/comment1.xml": {`<x:author>rasoat</x:author></x:authors>`, `<x:t>của cô</x:t><x:r><x:rPr><x:b/>`, `<x:comment ref="B1" authorId="0"><x:text><x:r>`, `<x:comment ref="B3" authorId="1">`,
			`<x:t xml:space="preserve">&#xA;z</x:t>`},
		"xl/drawings/commentsDrawing1.vml":    {`<br>`, `<x:Row>2</x:Row><x:Column>1</x:Column>`},
		"xl/comments1.xml":                    {`<comment ref="C2" authorId="0">`},
		"xl/drawings/vmlDrawing1.vml":         {`<x:Row>1</x:Row><x:Column>2</x:Column>`},
		"xl/worksheets/_rels/two.xml.rels":    {`Target="/xl/comments1.xml"`, `Target="/xl/drawings/vmlDrawing1.vml"`},
		"[Content_Types].xml":                 {`<Override PartName="/xl/comments1.xml"`, `<Override PartName="/xl/drawings/vmlDrawing1.vml"`},
		"docProps/somebody/else's/thing.data": {"\x00\x01"},
	} {
		for _, w := range want {
			if !strings.Contains(got[name], w) {
				t.Errorf("%s lacks %s: %s", name, w, got[name])
			}
		}
	}
}

func TestAnnotateRefuses(t *testing.T) {
	good := teachers(t)
	for name, data := range map[string][]byte{
		"nothing": nil, "a text": []byte("a,b\n"), "half": good[:len(good)/2], "no workbook": mustZip(t, map[string]string{"a": "b"}),
		"a broken sheet": mustReplace(t, good, "xl/worksheets/sheet1.xml", func(s string) string { return s[:len(s)/2] + "<" }),
		"no styles":      mustReplace(t, good, "xl/styles.xml", func(string) string { return "<styleSheet/>" }),
	} {
		if err := Annotate(bytes.NewReader(data), io.Discard, teachersMarks); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want invalid", name, err)
		}
	}
	if err := Annotate(bytes.NewReader(good), failing{}, teachersMarks); !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v, want unavailable", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A file of a large school is marked with work in proportion, and reads as it did.
func TestAnnotateLargeFile(t *testing.T) {
	g := newGenerator(8)
	pupils := make([]Pupil, 1000)
	var marks []Mark
	for i := range pupils {
		pupils[i] = g.pupil("12A1")
		marks = append(marks, Mark{fmt.Sprintf("DANH MUC!E%d", i+2), "error", "ngày sinh"}, Mark{fmt.Sprintf("DANH MUC!P%d", i+2), "warning", "số định danh"})
	}
	data := mustProfiles(t, g.d, pupils)
	var out []byte
	all := work(func() { out = mustAnnotate(t, data, marks) })
	if few := work(func() { mustAnnotate(t, data, marks[:len(marks)/100]) }); all > 10*few {
		t.Errorf("%d marks took %d MiB, a hundredth of them %d MiB", len(marks), all>>20, few>>20)
	}
	d := drive.Default()
	before, after := mustRead(t, data, d, Options{}), mustRead(t, out, d, Options{})
	if len(before.Records) != len(after.Records) || len(after.Problems) != len(before.Problems) {
		t.Fatalf("got %d records, want %d", len(after.Records), len(before.Records))
	}
	for i := range before.Records {
		if reveal(before.Records[i].Record) != reveal(after.Records[i].Record) {
			t.Fatalf("record %d is another", i)
		}
	}
	if n := strings.Count(partsOfFile(t, out)["xl/comments1.xml"], "<comment "); n != len(marks) {
		t.Errorf("%d comments, want %d", n, len(marks))
	}
}
