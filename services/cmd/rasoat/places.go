package main

import (
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"
)

// place is one part of one pupil, and whereabouts the row of a file that it stands in.
type (
	place struct {
		pupil string
		part  studentpb.Part
	}
	whereabouts struct {
		file   string
		origin portal.Origin
	}
)

// where tells a finding by its cell if the file is known, else by part and field.
func (a *app) where(places map[place]whereabouts, pupil string, part studentpb.Part, field string) string {
	at, ok := places[place{pupil, part}]
	if !ok {
		return a.fieldOf(part, field)
	}
	return at.file + " " + at.origin.Locate(wire.FromPart(part).FieldPath(field))
}

// places finds the rows of the pupils of a school in files, and says how many records differ from what the system holds: as a preview
// does.
func (a *app) places(c *cobra.Command, client reportingpb.ReportingServiceClient, conn grpc.ClientConnInterface, q question,
) (map[place]whereabouts, error) {
	if len(q.files) == 0 {
		return nil, nil
	}
	from, err := sender(c, "", q.scope)
	if err != nil {
		return nil, err
	}
	d, err := a.driveOf(c.Context(), conn, q.scope)
	if err != nil {
		return nil, err
	}
	held, err := a.held(c.Context(), client, from)
	if err != nil {
		return nil, err
	}
	out := map[place]whereabouts{}
	for _, name := range q.files {
		p, err := a.previewOf(d, from, name, held)
		if err != nil {
			return nil, err
		}
		for at, origin := range p.origins {
			if pupil := held[at.code]; pupil != nil {
				out[place{pupil.ref, wire.ToPart(at.part)}] = whereabouts{name, origin}
			}
		}
		if n := len(p.differing); n > 0 {
			a.errorf("%s: %d %s\n", name, n, a.text("bản ghi khác với hệ thống: chưa gửi, hoặc đã sửa sau khi gửi",
				"records differ from what the system holds: they were not handed in, or were changed since"))
		}
	}
	return out, nil
}
