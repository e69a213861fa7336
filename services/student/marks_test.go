package student

import (
	"errors"
	"math/big"
	"testing"
)

func TestParseMark(t *testing.T) {
	for in, want := range map[string]Mark{
		"8": 80, "8.0": 80, "8,0": 80, "10": 100, "10,0": 100, "0": 0, "0.0": 0, "0,1": 1, "9.9": 99, " 7,5\u00a0": 75,
	} {
		got, err := ParseMark(in)
		if err != nil || got != want {
			t.Errorf("ParseMark(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"10.1": ErrMarkRange, "11": ErrMarkRange, "85": ErrMarkRange, "-1": ErrMarkRange, "-0,5": ErrMarkRange, "100": ErrMarkRange,
		"7.25": ErrMarkDecimals, "8,00": ErrMarkDecimals,
		"": ErrMarkText, "Đ": ErrMarkText, "CĐ": ErrMarkText, "miễn": ErrMarkText, "8.": ErrMarkText, ".5": ErrMarkText, "08": ErrMarkText,
		"+8": ErrMarkText, "8 0": ErrMarkText, "8.0.0": ErrMarkText, "8,0,0": ErrMarkText, "1e1": ErrMarkText, "--1": ErrMarkText, "٨": ErrMarkText,
	} {
		if got, err := ParseMark(in); !errors.Is(err, want) {
			t.Errorf("ParseMark(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
}

func TestMarkString(t *testing.T) {
	for m, want := range map[Mark]string{0: "0.0", 5: "0.5", 80: "8.0", 100: "10.0", 101: "10.1", -5: "-0.5"} {
		if got := m.String(); got != want {
			t.Errorf("Mark(%d) = %q, want %q", int(m), got, want)
		}
	}
}

func TestRoundHalfUp(t *testing.T) {
	for _, tc := range []struct{ sum, n, want int }{
		{0, 3, 0}, {1, 2, 1}, {3, 2, 2}, {5, 2, 3}, {7, 3, 2}, {8, 3, 3}, {-1, 2, 0}, {-3, 2, -1}, {-2, 3, -1}, {795, 10, 80}, {794, 10, 79},
	} {
		if got := RoundHalfUp(tc.sum, tc.n); got != tc.want {
			t.Errorf("RoundHalfUp(%d, %d) = %d, want %d", tc.sum, tc.n, got, tc.want)
		}
	}
}

func FuzzParseMark(f *testing.F) {
	for _, s := range []string{"8", "8,0", "10.0", "10.1", "7.25", "Đ", "-1", ".", "00", "9999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMark(s)
		if err != nil {
			return
		}
		if !m.Valid() {
			t.Errorf("ParseMark(%q) = %d, out of range", s, int(m))
		}
		if again, err := ParseMark(m.String()); err != nil || again != m {
			t.Errorf("ParseMark(%q) = %v, written and read again %v, %v", s, m, again, err)
		}
	})
}

// Rounding agrees with exact arithmetic: the largest integer not above sum/n + 1/2.
func FuzzRoundHalfUp(f *testing.F) {
	f.Add(1, 2)
	f.Add(-7, 3)
	f.Fuzz(func(t *testing.T, sum, n int) {
		if n < 1 || n > 1e6 || sum > 1e9 || sum < -1e9 {
			return
		}
		exact := new(big.Rat).Add(big.NewRat(int64(sum), int64(n)), big.NewRat(1, 2))
		want := new(big.Int).Div(exact.Num(), exact.Denom()).Int64()
		if got := RoundHalfUp(sum, n); int64(got) != want {
			t.Errorf("RoundHalfUp(%d, %d) = %d, want %d", sum, n, got, want)
		}
	})
}
