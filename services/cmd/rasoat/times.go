package main

import (
	"time"

	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// when writes a time of the contract for people; "" for none.
func when(t *timestamppb.Timestamp) string { return clock.Time(timeOf(t)) }

// exactly writes a time of the log to the millisecond, where it decides whether something came before a deadline.
func exactly(t *timestamppb.Timestamp) string { return clock.Exact(timeOf(t)) }

// timeOf is the zero time for none.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

// instant reads the time of a flag.
func instant(c *cobra.Command, flag, text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, usage(c, "Thiếu --"+flag, "--"+flag+" is missing")
	}
	t, ok := clock.Parse(text)
	if !ok {
		return nil, usage(c, "--"+flag+" có dạng "+clock.Form+", giờ Việt Nam", "--"+flag+" is like "+clock.Form+", in the time of Vietnam")
	}
	return timestamppb.New(t), nil
}
