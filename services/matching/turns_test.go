package matching

import (
	"testing"
	"time"
)

// TestTurns plays provinces that always have the next wish at hand, as those do who wait in line.
func TestTurns(t *testing.T) {
	soon, later := time.Date(2023, 4, 21, 17, 0, 0, 0, time.UTC), time.Date(2023, 5, 31, 17, 0, 0, 0, time.UTC)
	type line struct {
		Lane
		turns, pupils int
	}
	tests := []struct {
		name  string
		lines []line
		// ends: after how many pupils in all each line has to be through, at the latest.
		ends []int
	}{
		{"a city and two mountain provinces", []line{{Lane{false, soon, "79"}, 100, 20}, {Lane{false, soon, "02"}, 5, 20}, {Lane{false, soon, "12"}, 1, 3}}, []int{2103, 300 + 20, 60}},
		{"changed before re-checks", []line{{Lane{true, soon, "01"}, 10, 20}, {Lane{false, later, "02"}, 10, 20}}, []int{400, 200 + 20}},
		{"the nearest deadline first", []line{{Lane{false, later, "01"}, 10, 20}, {Lane{false, soon, "02"}, 10, 20}}, []int{400, 200 + 20}},
		{"small turns and large ones", []line{{Lane{false, soon, "01"}, 10, 200}, {Lane{false, soon, "02"}, 100, 10}}, []int{3000, 2200}},
	}
	for _, tt := range tests {
		q := Turns{}
		left := map[*Turn]int{}
		remaining := make([]int, len(tt.lines))
		enter := func(i int) {
			if remaining[i] > 0 {
				left[q.Enter(tt.lines[i].Lane, tt.lines[i].pupils)] = i
			}
		}
		for i, l := range tt.lines {
			remaining[i] = l.turns
			enter(i)
		}
		asked := 0
		for turn := q.Next(); turn != nil; turn = q.Next() {
			i := left[turn]
			asked += turn.Pupils
			q.Leave(turn, true)
			if remaining[i]--; remaining[i] == 0 && asked > tt.ends[i] {
				t.Errorf("%s: line %d is through after %d pupils, want at most %d", tt.name, i, asked, tt.ends[i])
			}
			enter(i)
		}
	}
}

func TestATurnGivenUpHoldsNobodyUp(t *testing.T) {
	q := Turns{}
	a := q.Enter(Lane{Province: "01"}, 20)
	b := q.Enter(Lane{Province: "02"}, 20)
	q.Leave(a, false)
	if got := q.Next(); got != b {
		t.Errorf("got %v, want the other", got)
	}
	q.Leave(b, true)
	if got := q.Next(); got != nil {
		t.Errorf("got %v, want nobody", got)
	}
}
