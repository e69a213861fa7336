package main

import (
	"bytes"
	"io"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
	"github.com/rasoat/rasoat/services/validation"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/spf13/cobra"
)

// annotate writes the workbook with its findings marked. The teacher's own values may stand in the comments: it is the teacher's file.
func (a *app) annotate(c *cobra.Command, path string, all []finding, o checking) error {
	if !isWorkbook(path) {
		return fault.New(fault.Invalid, "rasoat.annotate", "--annotate chỉ dùng cho bảng tính .xlsx", "--annotate is for .xlsx workbooks")
	}
	in, err := input.ReadFile(path)
	if err != nil {
		return err
	}
	marks := make([]workbook.Mark, 0, len(all))
	for _, f := range all {
		if f.found.Severity == validation.Info && !o.info {
			continue
		}
		text := a.say(f.text) + "\n→ " + a.say(f.remedy)
		if mended, ok := validation.Apply(f.record, f.found); ok {
			if v := validation.ValueAt(mended, f.found.Field); v != "" {
				text += "\n" + a.text("Đề nghị", "Suggested") + ": " + v
			}
		}
		marks = append(marks, workbook.Mark{Cell: f.where, Severity: string(f.found.Severity), Text: text + " [" + f.found.Rule + "]"})
	}
	return commandline.WriteFile(c, o.annotate, func(w io.Writer) error {
		return inFile(path, workbook.Annotate(bytes.NewReader(in), w, marks))
	})
}
