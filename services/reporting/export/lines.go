package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"

	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/spreadsheet"
)

// csvWriter writes a table of texts, a header first.
type csvWriter struct{ *csv.Writer }

func newCSV(w io.Writer, header []fault.Text) (*csvWriter, error) {
	if _, err := io.WriteString(w, spreadsheet.BOM); err != nil {
		return nil, err
	}
	out := &csvWriter{csv.NewWriter(w)}
	out.UseCRLF = true
	row := make([]string, len(header))
	for i, h := range header {
		row[i] = h.Vi + " / " + h.En
	}
	return out, out.Write(row)
}

// line writes a row; each cell is a text that is no formula.
func (c *csvWriter) line(cells []string) error {
	for i, cell := range cells {
		cells[i] = plain(cell)
	}
	return c.Write(cells)
}

func (c *csvWriter) close() error {
	c.Flush()
	return c.Error()
}

// jsonWriter writes a value a line.
type jsonWriter struct {
	*json.Encoder
	to *bufio.Writer
}

func newJSON(w io.Writer) *jsonWriter {
	to := bufio.NewWriter(w)
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	return &jsonWriter{enc, to}
}
