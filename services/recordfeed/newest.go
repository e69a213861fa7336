package recordfeed

// Newest keeps the newest version of each pupil, without the record itself: what a digest is made of. It is used by
// whoever has no table that counts for it.
type Newest map[string]Held

// Put keeps a version, and reports whether it is newer than the one that was kept.
func (n Newest) Put(h Held) bool {
	if old, ok := n[h.Pupil]; ok && old.Version >= h.Version {
		return false
	}
	n[h.Pupil] = h
	return true
}

// Kept counts what is kept.
func (n Newest) Kept() Kept {
	var count Count
	var kept Kept
	for _, h := range n {
		count.Add(h)
		kept.Newest = max(kept.Newest, h.Version)
	}
	kept.Verified, kept.Withdrawn, kept.Digest = count.Total.Verified, count.Total.Withdrawn, count.Total.Digest.String()
	return kept
}
