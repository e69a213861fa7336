package portal

import (
	"reflect"
	"testing"

	pb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"google.golang.org/protobuf/proto"
)

func TestDiff(t *testing.T) {
	held := &pb.Record{Content: &pb.Record_Results{Results: &pb.Results{
		Code: "1", Class: "12A1", Part: pb.Part_PART_RESULTS_10, School: "x",
		Subjects: []*pb.Subject{
			{Code: "TOAN", Semester1: &pb.Score{MarkTenths: proto.Int32(80)}, Year: &pb.Score{MarkTenths: proto.Int32(81)}},
			{Code: "THEDUC", Year: &pb.Score{Comment: pb.Comment_COMMENT_PASSED}},
		},
		Year: &pb.Term{AverageTenths: proto.Int32(80), Rating: pb.Rating_RATING_GOOD},
	}}}
	record := proto.CloneOf(held)
	r := record.GetResults()
	r.Code, r.School, r.Class = "2", "", "12A2"
	r.Subjects = []*pb.Subject{{Code: "TOAN", Semester1: &pb.Score{}, Semester2: &pb.Score{Exempt: true}, Year: &pb.Score{MarkTenths: proto.Int32(85)}}}
	r.Year.Rating = 0
	want := []Change{
		{"results.class", Changed, "12A1", "12A2"},
		{"results.subjects[THEDUC].year", Erased, "Đ", ""},
		{"results.subjects[TOAN].semester1", Erased, "8,0", ""},
		{"results.subjects[TOAN].semester2", Added, "", "Miễn"},
		{"results.subjects[TOAN].year", Changed, "8,1", "8,5"},
		{"results.year.rating", Erased, "RATING_GOOD", ""},
	}
	if got := Diff(held, record); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Diff(held, held); got != nil {
		t.Errorf("the same: got %+v", got)
	}
	profile := &pb.Record{Content: &pb.Record_Profile{Profile: &pb.Profile{Code: "1", DateOfBirth: &pb.Date{Year: 2005, Month: 3, Day: 4}, Identity: &pb.Identity{Number: "1"}}}}
	want = []Change{{"profile.date_of_birth", Added, "", "04/03/2005"}, {"profile.identity.number", Added, "", "1"}}
	if got := Diff(nil, profile); !reflect.DeepEqual(got, want) {
		t.Errorf("nothing held: got %+v", got)
	}
}
