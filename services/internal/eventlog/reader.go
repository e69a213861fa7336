package eventlog

import (
	"strings"
	"time"
)

// ReaderKey stands in the metadata of a durable consumer whose reader says how it is: a word and a time.
// A durable without it says nothing.
const ReaderKey = "rasoat-reader"

// Said is what the reader of a durable consumer said of itself last.
type Said struct {
	Word string    `json:"word,omitempty"`
	At   time.Time `json:"at,omitzero"`
}

// String writes it as the metadata have it.
func (s Said) String() string { return s.Word + " " + s.At.UTC().Format(time.RFC3339) }

// saidIn reads what the reader said; the zero value for nothing.
func saidIn(metadata map[string]string) Said {
	word, text, _ := strings.Cut(metadata[ReaderKey], " ")
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return Said{}
	}
	return Said{word, at}
}
