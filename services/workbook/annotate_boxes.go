package workbook

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const emptyDrawing = `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel"></xml>`

// boxType is the shape of every comment's box.
const boxType = `<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">` +
	`<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>`

// drawBoxes draws the boxes of comments, hidden until somebody points at the cell.
func drawBoxes(old string, sheet int, cells []cellAt, texts map[cellAt]told) ([]byte, error) {
	var b strings.Builder
	if !strings.Contains(old, `"_x0000_t202"`) {
		b.WriteString(boxType)
	}
	number := 1024 * sheet
	for _, text := range strings.Split(old, `"_x0000_s`)[1:] {
		digits, _, _ := strings.Cut(text, `"`)
		if n, err := strconv.Atoi(digits); err == nil {
			number = max(number, n)
		}
	}
	for _, at := range cells {
		number++
		text := texts[at].text
		height := min(3+strings.Count(text, "\n")+len([]rune(text))/45, 22)
		fmt.Fprintf(&b, `<v:shape id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;width:285pt;height:%dpt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">`+
			`<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/>`+
			`<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 2, %d, 15, %d, 4</x:Anchor>`+
			`<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column></x:ClientData></v:shape>`,
			number, 15*height, at.col, at.row-1, at.col+4, at.row-1+height, at.row-1, at.col-1)
	}
	at := strings.LastIndex(old, "</xml>")
	if at < 0 {
		return nil, errNoPart
	}
	return []byte(old[:at] + b.String() + old[at:]), nil
}

var boxPlace = regexp.MustCompile(`(?s)<x:Row>\s*(\d+)\s*</x:Row>.*?<x:Column>\s*(\d+)\s*</x:Column>`)

// withoutBoxes takes the boxes of cells out of a drawing.
func withoutBoxes(drawing string, cells []cellAt) string {
	if len(cells) == 0 {
		return drawing
	}
	var b strings.Builder
	for {
		from := strings.Index(drawing, "<v:shape ")
		if from < 0 {
			break
		}
		size := strings.Index(drawing[from:], "</v:shape>")
		if size < 0 {
			break
		}
		to := from + size + len("</v:shape>")
		box := drawing[from:to]
		b.WriteString(drawing[:from])
		drawing = drawing[to:]
		if m := boxPlace.FindStringSubmatch(box); m != nil {
			row, err1 := strconv.Atoi(m[1])
			col, err2 := strconv.Atoi(m[2])
			if err1 == nil && err2 == nil && slices.Contains(cells, cellAt{row + 1, col + 1}) {
				continue
			}
		}
		b.WriteString(box)
	}
	return b.String() + drawing
}
