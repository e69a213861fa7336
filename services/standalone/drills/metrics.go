package main

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// get returns the text of a page and its code, 0 when nobody answers.
func get(ctx context.Context, url string) (string, int) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", 0
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", 0
	}
	return string(text), resp.StatusCode
}

// series is one line of the text form of Prometheus.
type series struct {
	name   string
	labels map[string]string
	value  float64
}

// seriesOf returns the lines of a page of metrics.
func seriesOf(text string) iter.Seq[series] {
	return func(yield func(series) bool) {
		for line := range strings.SplitSeq(text, "\n") {
			at := strings.LastIndexByte(line, ' ')
			if at < 0 || strings.HasPrefix(line, "#") {
				continue
			}
			value, err := strconv.ParseFloat(line[at+1:], 64)
			if err != nil {
				continue
			}
			name, rest, _ := strings.Cut(line[:at], "{")
			one := series{name, map[string]string{}, value}
			for pair := range strings.SplitSeq(strings.TrimSuffix(rest, "}"), ",") {
				key, quoted, _ := strings.Cut(pair, "=")
				one.labels[key] = strings.Trim(quoted, `"`)
			}
			if !yield(one) {
				return
			}
		}
	}
}
