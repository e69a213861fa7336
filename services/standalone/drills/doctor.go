package main

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/rasoat/rasoat/services/internal/fault"
)

const (
	doctorAfter  = 8 * time.Second // the harm
	doctorWithin = 45 * time.Second
	mostFindings = 12
)

// examine asks the doctor in the midst of the harm, and gives what it finds not to be well.
func (s *scene) examine(ctx context.Context) []string {
	if pause(ctx, doctorAfter) != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, doctorWithin)
	defer cancel()
	findings, err := s.doctor(ctx)
	if err != nil {
		return []string{"no answer: " + err.Error()}
	}
	if len(findings) > mostFindings {
		findings = append(findings[:mostFindings], "and more")
	}
	return findings
}

func (s *scene) doctor(ctx context.Context) ([]string, error) {
	lines, err := s.rasoat(ctx, "doctor", "--json", "--stuck", "5s", "--wait", "10s")
	if err != nil {
		return nil, err
	}
	var said struct {
		Findings []struct {
			State   string `json:"state"`
			Check   string `json:"check"`
			About   string `json:"about"`
			Message string `json:"message_en"`
		} `json:"findings"`
	}
	if err := json.Unmarshal([]byte(strings.Join(lines, "\n")), &said); err != nil {
		return nil, fault.Wrap(fault.Internal, "drills.doctor", err)
	}
	var out []string
	for _, f := range said.Findings {
		if f.State != "well" {
			out = append(out, strings.Join([]string{f.State, f.Check, f.About}, " ")+": "+f.Message)
		}
	}
	if out == nil {
		out = []string{"everything is well"}
	}
	return out, nil
}
