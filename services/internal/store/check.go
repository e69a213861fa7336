package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// CheckCollection refuses a collection name that some adapter could not store: see DB.Collection.
// The error is Invalid.
func CheckCollection(op, name string) error {
	ok := len(name) > 0 && len(name) <= 48 && name[0] >= 'a' && name[0] <= 'z'
	for i := 0; i < len(name) && ok; i++ {
		c := name[i]
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-'
	}
	if !ok {
		return refuse(op, "collection", "store.collection", fmt.Sprintf("%d bytes", len(name)),
			"tên tập hợp chỉ gồm chữ thường, chữ số, _ và -, bắt đầu bằng chữ, dài 1–48",
			"a collection name is lower-case letters, digits, _ and -, begins with a letter, 1–48 long")
	}
	return nil
}

// CheckPatches refuses patches that some adapter could not store. An id and a facet's name are
// non-empty UTF-8 without the character NUL; a facet's name has no '.' and no '$'. The error is
// Invalid and names the first patch at fault.
func CheckPatches(op string, patches []Patch) error {
	for i := range patches {
		if !text(patches[i].ID) || patches[i].ID == "" {
			return badID(op, fmt.Sprintf("patches[%d].id", i), patches[i].ID)
		}
		name := patches[i].Facet
		if !text(name) || name == "" || strings.ContainsAny(name, ".$") {
			return refuse(op, fmt.Sprintf("patches[%d].facet", i), "store.facet", shape(name),
				"tên mặt dữ liệu phải là UTF-8 khác rỗng, không chứa '.', '$' hay ký tự NUL",
				"a facet name is non-empty UTF-8 without '.', '$' or NUL")
		}
	}
	return nil
}

// CheckIDs refuses ids that no patch could have. The error is Invalid.
func CheckIDs(op string, ids []string) error {
	for i, id := range ids {
		if !text(id) || id == "" {
			return badID(op, fmt.Sprintf("ids[%d]", i), id)
		}
	}
	return nil
}

// CheckScan refuses bounds that are not UTF-8 and a limit below one. The error is Invalid.
func CheckScan(op, prefix, after string, limit int) error {
	if !text(prefix) {
		return badID(op, "prefix", prefix)
	}
	if !text(after) {
		return badID(op, "after", after)
	}
	if limit < 1 {
		return refuse(op, "limit", "store.limit", fmt.Sprint(limit),
			"giới hạn phải từ 1 trở lên", "a limit is 1 or more")
	}
	return nil
}

func text(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func badID(op, path, id string) error {
	return refuse(op, path, "store.id", shape(id),
		"mã tài liệu phải là UTF-8 khác rỗng, không chứa ký tự NUL",
		"a document id is non-empty UTF-8 without NUL")
}

// shape describes a bad string without repeating it.
func shape(s string) string {
	if !utf8.ValidString(s) {
		return fmt.Sprintf("%d bytes, not UTF-8", len(s))
	}
	return fmt.Sprintf("%d characters", utf8.RuneCountInString(s))
}

func refuse(op, path, rule, shape, vi, en string) error {
	e := fault.New(fault.Invalid, op, vi, en)
	e.Fields = []fault.Field{{
		Path: path,
		Rule: rule,
		Text: fault.Text{Vi: vi + " (nhận được: " + shape + ")", En: en + " (got " + shape + ")"},
		Remedy: fault.Text{
			Vi: "sửa chương trình gọi rồi gửi lại; chưa có gì được ghi",
			En: "mend the caller and send again; nothing was written",
		},
	}}
	return e
}

// Refused is a collection of which every method returns err: what an adapter's Collection gives
// for a name that CheckCollection refuses.
func Refused(err error) Collection { return refused{err} }

type refused struct{ err error }

func (r refused) Merge(context.Context, []Patch) error                     { return r.err }
func (r refused) Get(context.Context, []string) ([]Doc, error)             { return nil, r.err }
func (r refused) Scan(context.Context, string, string, int) ([]Doc, error) { return nil, r.err }
func (r refused) Drop(context.Context) error                               { return r.err }
