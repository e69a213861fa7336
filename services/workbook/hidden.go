package workbook

import "slices"

// sheetsToRead lists the sheets in order without the hidden ones that have pupils, of which it warns. Where no
// visible sheet has a header, the hidden ones are what the file is about, and all are read.
func (b *Book) sheetsToRead(h headers) []string {
	all := b.file.GetSheetList()
	hidden := map[string]bool{}
	for _, name := range all {
		shown, err := b.file.GetSheetVisible(name)
		hidden[name] = err == nil && !shown
	}
	hasHeader := func(name string) bool { _, ok := h.find(b.head(name)); return ok }
	if !slices.ContainsFunc(all, func(name string) bool { return hidden[name] }) ||
		!slices.ContainsFunc(all, func(name string) bool { return !hidden[name] && hasHeader(name) }) {
		return all
	}
	var read []string
	for _, name := range all {
		if hidden[name] && hasHeader(name) {
			b.hidden = append(b.hidden, about(RuleHidden, name, false).named(name))
			continue
		}
		read = append(read, name)
	}
	return read
}
