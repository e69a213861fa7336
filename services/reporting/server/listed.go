package server

import (
	"context"
	"strconv"
	"strings"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/reporting"
)

// listRequest asks for a page of what stands with the pupils of a scope.
type listRequest interface {
	GetScope() string
	GetPageSize() int32
	GetPageToken() string
}

// listed returns a page of what each pupil of a province or a school has, school by school and class by class, and the token of the next. It fails with
// NotFound for a scope that there is not, and with Invalid for a page token that is none.
func listed[T any](
	ctx context.Context, s *Server, op string, req listRequest, of func(*pupil, drive.School, *reporting.EnrolmentFact) []T,
) (out []T, next string, err error) {
	from, err := readListPlace(op, req.GetPageToken())
	if err != nil {
		return nil, "", err
	}
	schools := s.schoolsOf(req.GetScope())
	if len(schools) == 0 {
		return nil, "", noSuchScope(op)
	}
	limit := pageOf(req.GetPageSize())
	for _, sc := range schools {
		if sc.Code < from.school {
			continue
		}
		if sc.Code != from.school {
			from = listPlace{school: sc.Code}
		}
		full := false
		err := s.eachPupil(ctx, sc, from.after, func(p *pupil, at *reporting.EnrolmentFact, place string) bool {
			all := of(p, sc, at)
			given := 0
			if p.ref == from.pupil {
				given = min(from.given, len(all))
			}
			room := limit - len(out)
			if full = room < len(all)-given; full {
				out = append(out, all[given:given+room]...)
				next = listPlace{sc.Code, p.ref, given + room, from.after}.token()
				return false
			}
			out = append(out, all[given:]...)
			from.after = place
			return true
		})
		if err != nil || full {
			return out, next, err
		}
	}
	return out, "", nil
}

// listPlace is where a list goes on: in a school after a place, at the pupil of whom some were given already.
type listPlace struct {
	school, pupil string
	given         int
	after         string
}

func (a listPlace) token() string {
	return a.school + "/" + a.pupil + "/" + strconv.Itoa(a.given) + "/" + a.after
}

// readListPlace reads a page token; "" is the beginning.
func readListPlace(op, token string) (listPlace, error) {
	if token == "" {
		return listPlace{}, nil
	}
	if f := strings.SplitN(token, "/", 4); len(f) == 4 {
		if given, err := strconv.Atoi(f[2]); err == nil && given >= 0 {
			return listPlace{f[0], f[1], given, f[3]}, nil
		}
	}
	return listPlace{}, fault.New(fault.Invalid, op,
		"Mã trang không đúng; dùng next_page_token của trang trước.", "this is no page token: use the next_page_token of the page before")
}
