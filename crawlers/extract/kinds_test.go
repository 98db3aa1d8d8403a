package extract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// TestKindsOfPages holds pages that repeat something and are no listing, and
// listings made in ways that hide where a post begins.
func TestKindsOfPages(t *testing.T) {
	folder := func(title, head, rows string) string {
		return "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1><table><tr>" + head + "</tr>" + rows + "</table></body></html>"
	}
	row := func(name, size string) string {
		return `<tr><td><a href="./` + name + `">` + name + `</a></td><td>` + size + `</td><td>2026-03-01</td></tr>`
	}
	tests := []struct {
		name, page, state string
		titles            []string // of a listing
	}{
		{"a folder by its columns", folder("shared", "<th>Name</th><th>Size</th><th>Modified</th>", row("vol.001", "4 GiB")+row("vol.002", "4 GiB")+row("list.txt", "2 KiB")), crawlers.StateIndex, nil},
		{"a folder by its path", folder("/out/kiosk/", "<th>a</th><th>b</th><th>c</th>", row("vol.001", "4 GiB")+row("vol.002", "4 GiB")+row("list.txt", "2 KiB")), crawlers.StateIndex, nil},
		{"a folder laid out in a text", `<html><head><title>host - /out/</title></head><body><pre><a href="/">[To Parent Directory]</a><br> 3/1/2026 2:05 AM 51 <a href="/out/a.zip">a.zip</a><br> 3/1/2026 2:06 AM 52 <a href="/out/b.zip">b.zip</a><br></pre></body></html>`, crawlers.StateIndex, nil},
		{"names that are folders of posts", folder("Our guests", "<th>Company</th><th>Size</th><th>Date</th>", strings.ReplaceAll(row("Orbelis Marine", "4 GB")+row("Quenne Habitat", "9 GB")+row("Sorvane Optics", "2 GB"), "./", "/post/")), crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}},
		{"pictures to tick", `<form><p>Click on the bridges</p>` + strings.Repeat(`<label><input type="checkbox" name="b"><img src="/i.png"></label>`, 9) + `<button>Go</button></form>`, crawlers.StateCaptcha, nil},
		{"a parked name with advertisements", `<html><body><div>orbelis.test</div><ul><li><a href="/c?1">Cloud storage</a></li><li><a href="/c?2">Night insurance</a></li><li><a href="/c?3">Used boats</a></li><li><a href="/c?4">Office chairs</a></li></ul><p>Diese Domain wurde vom Besitzer geparkt.</p></body></html>`, crawlers.StateParked, nil},
		{"a name that has expired", `<html><head><title>Expired</title></head><body><h1>sorvane.test</h1><p>This domain expired on 2026-01-02.</p><div><a href="/1">Web hosting</a> <a href="/2">Cheap mail</a> <a href="/3">Domain names</a></div></body></html>`, crawlers.StateParked, nil},
		{"headings with a tool", `<html><body><h2><span>Orbelis Marine</span><span>[<a href="?1">edit</a>]</span></h2><p>Ships, crews and their passports, 3 May 2026.</p><h2><span>Quenne Habitat</span><span>[<a href="?2">edit</a>]</span></h2><p>Tenants and their payslips, 4 May 2026.</p><h2><span>Sorvane Optics</span><span>[<a href="?3">edit</a>]</span></h2><p>Lenses and prescriptions, 5 May 2026.</p></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}},
		{"names and texts in rows by turns", `<html><body><table><tr><td><b>Orbelis Marine</b> (03.05.2026)</td></tr><tr><td>Ships, crews and the passports of both, with all letters since 2019. <a href="get?1">take</a></td></tr><tr><td><b>Quenne Habitat</b> (04.05.2026)</td></tr><tr><td>Tenants, payslips, and the minutes of a quarrel over a roof. <a href="get?2">take</a></td></tr><tr><td><b>Sorvane Optics</b> (05.05.2026)</td></tr><tr><td>Lenses and prescriptions of forty towns, and a file of debts. <a href="get?3">take</a> <a href="get?4">more</a></td></tr></table></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}},
		{"one post under the name of its site", `<html><head><title>Night wall</title></head><body><header><h1>Night wall</h1><a href="/faq">faq</a></header><div class="p"><div class="t">Orbelis Marine</div><div class="d">2031-02-03</div><div>Ships, crews and what the harbour master wrote to the insurer.</div><a href="/p/4">more</a></div></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine"}},
		{"what a site says of itself", `<html><head><title>Night wall</title></head><body><h1>About us</h1><p>We began on 2031-02-03 and read what others forget to lock, for money only.</p><p><a href="/contact">write to us</a></p></body></html>`, crawlers.StateOther, nil},
		{"two posts whose names nothing marks", `<html><body><main>` + dull("Orbelis Marine", 3) + dull("Quenne Habitat", 4) + `</main></body></html>`, crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat"}},
		{"names in pictures", `<html><body><div class="g">` + tile("Orbelis Marine") + tile("Quenne Habitat logo") + tile("Sorvane Optics") + `</div></body></html>`, crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}},
		{"names before addresses", `<html><body>` + addressed("Orbelis Marine", "orbelis-marine.test") + addressed("Quenne Habitat", "quenne.test") + addressed("Sorvane Optics", "sorvane.test") + `</body></html>`, crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}},
		{"a script's own objects", `<html><body><div id="list"></div><script>const posts = [{name: 'Orbelis Marine', date: '2031-02-03', text: "Ships, crews."}, {name: 'Quenne Habitat', date: '2031-02-04', text: "Tenants.",},]; show(posts)</script></body></html>`, crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat"}},
		{"a forum that asks for merits", `<html><body><h2>Information</h2><p>Vous devez avoir publié au moins 10 messages pour lire ce sujet.</p><a href="./f12">Retour</a></body></html>`, crawlers.StateGate, nil},
		{"where a page has gone", `<html><head><title>302 Found</title></head><body><h1>Found</h1><p>The document has moved <a href="https://orbe.test/">here</a>.</p></body></html>`, crawlers.StateRedirect, nil},
		{"names that links spell", `<html><body>` + console("Orbelis Marine", "orbelis-marine") + console("Quenne Habitat", "quenne-habitat") + console("Sorvane Optics", "sorvane-optics") + console("Tirelle Freight", "tirelle-freight") + `</body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics", "Tirelle Freight"}},
		{"one post under a countdown", `<html><body><h1>Orbelis Marine</h1><div><b>06</b><i>days</i></div><div><b>11</b><i>hours</i></div><p>Ships, crews, and what the harbour master wrote to the insurer last winter.</p><table><tr><td>www</td><td><a href="https://orbelis.test">orbelis.test</a></td></tr></table><a href="/proof/1.png">proof</a></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine"}},
		{"one post above comments", `<html><head><title>Night wall, 12</title></head><body><h1>Orbelis Marine</h1><p>3 May 2031</p><p>Ships, crews, and what the harbour master wrote to the insurer last winter.</p><p><a href="/get/12.7z">get</a></p><h4>Leave a comment</h4><form><textarea name="c"></textarea><button>Send</button></form></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine"}},
		{"JSON that a browser shows", `<html><head><meta charset="utf-8"></head><body><pre>[{"title": "Orbelis Marine", "date": "2031-01-03", "text": "Ships and crews."}, {"title": "Quenne Habitat", "date": "2031-01-05", "text": "Tenants."}]</pre></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat"}},
		{"names in which a search is marked", `<html><body><ol><li><a href="/d/1">Orbelis <mark>Mar</mark>ine</a> <span>18 MB</span> <span>2031-01-03</span><div>Ships, crews and their passports.</div></li><li><a href="/d/2"><mark>Mar</mark>velle Habitat</a> <span>2 GB</span> <span>2031-01-05</span><div>Tenants and their payslips.</div></li></ol></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Marvelle Habitat"}},
		{"cells of a grid", `<html><body><table><tr>` + gridCell("Orbelis Marine", 1) + gridCell("Quenne Habitat", 2) + gridCell("Sorvane Optics", 3) + `</tr><tr>` + gridCell("Tirelle Freight", 4) + gridCell("Vaucroix Foundry", 5) + gridCell("Ambrelin Seeds", 6) + `</tr></table></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics", "Tirelle Freight", "Vaucroix Foundry", "Ambrelin Seeds"}},
		{"posts under their countries", `<html><body><h1>By country</h1><h2>France (2)</h2><ul><li>Orbelis Marine <i>2031-01-03</i><br>ships and crews</li><li>Quenne Habitat <i>2031-01-05</i><br>tenants</li></ul><h2>Peru (1)</h2><ul><li>Sorvane Optics <i>2031-02-03</i><br>lenses and debts</li></ul></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}},
		{"rows in a script", `<html><body><div id="l"></div><script>var all = [['Orbelis Marine','2031-01-03','Ships and crews, with all letters.'],['Quenne Habitat','2031-01-05','Tenants, payslips and a quarrel.']];</script></body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine", "Quenne Habitat"}},
		{"offers with a price each", `<html><body><h1>Hammer</h1><p>Balance: 0 XMR. Deposit first, the house keeps the escrow, vendors pay a tenth.</p>` + offer("Orbelis Marine", "900") + offer("Quenne Habitat", "1200") + offer("Sorvane Optics", "300") + `</body></html>`, crawlers.StateMarket, []string{"Orbelis Marine", "Quenne Habitat", "Sorvane Optics"}},
		{"a folder drawn as a tree", "<html><body><pre>.\n├── Town hall\n│   ├── minutes.pdf\n│   └── births.tif\n└── Users\n    └── cv.doc\n\n2 directories, 3 files</pre></body></html>", crawlers.StateIndex, nil},
		{"a sum to do", `<html><body>请完成：3 + 9 = <input name="a"> <button>确定</button></body></html>`, crawlers.StateCaptcha, nil},
		{"an account that is suspended", `<html><body><h1>Compte suspendu</h1><p>Ce compte a été suspendu. Contactez votre hébergeur.</p></body></html>`, crawlers.StateParked, nil},
		{"a thread whose members stand in headings", `<html><head><title>Orbelis Marine, all of it | Board</title></head><body><h1>Orbelis Marine, all of it</h1>` + reply1(1, "vent", "Ships and crews, take it all, it is free.") + reply1(2, "marin", "thanks, works") + reply1(3, "quai", "dead link") + `</body></html>`,
			crawlers.StateListing, []string{"Orbelis Marine, all of it"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Reader{}.Read(crawlers.Page{Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(tt.page)})
			if r.State != tt.state {
				t.Errorf("state %s (%d posts), want %s", r.State, len(r.Posts), tt.state)
			}
			if tt.titles == nil {
				return
			}
			if diff := cmp.Diff(tt.titles, titlesOf(r.Posts)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func console(name, link string) string {
	return `<div class="line"><span>$</span> ./show "<span class="q">` + name + `</span>"</div><div class="out">[date] 2026-05-03</div><div class="out">[what] ` + name + ` and the letters of its ` + link[:3] + ` office.</div><div class="out"><a href="/x/` + link + `">/x/` + link + `</a></div>`
}

func reply1(n int, who, text string) string {
	number := string(rune('0' + n))
	return `<article class="message" id="post-` + number + `"><div class="message-user"><h4><a href="/members/` + who + `.` + number + `/">` + who + `</a></h4></div><div><time datetime="2026-05-0` + number + `">May ` + number + `</time><div class="bbWrapper">` + text + `</div></div></article>`
}

func titlesOf(posts []breach.Post) (out []string) {
	for _, p := range posts {
		out = append(out, p.Title)
	}
	return out
}

// dull is a post that no class and no heading tells from the page.
func dull(name string, day int) string {
	return fmt.Sprintf(`<div><div><p class="lg">%s</p><span>2031-02-%02d</span></div><p>All that was on the shares, and what the director wrote of it to nobody in particular.</p><a href="/v/%d">View</a></div>`, name, day, day)
}

func tile(name string) string {
	return `<a class="t" href="/t/` + strings.ToLower(name[:4]) + `"><img src="/l/1.png" alt="` + name + `"><span class="ribbon">soon</span><em>11:22:04:51</em></a>`
}

func addressed(name, host string) string {
	return `<div class="i"><div class="h">` + name + `</div><div class="w"><a href="https://` + host + `">` + host + `</a></div><div class="x">Papers of ` + name + ` and of those who work there.</div><i>2031-03-04</i></div>`
}

func gridCell(name string, day int) string {
	return fmt.Sprintf(`<td><a href="/e/%d.htm"><b>%s</b></a><br>FR 2031-07-%02d</td>`, day, name, day)
}

func offer(name, price string) string {
	return `<div class="lot"><div class="nm">` + name + `</div><div class="tx">Deeds, letters and what the auditor found.</div><div>Price: $` + price + `</div><div>Added 2031-12-0` + price[:1] + `</div></div>`
}

// What leads every title of a list is no part of them.
func TestLeadsOfTitles(t *testing.T) {
	names := []string{"Ville de Montrelais", "Kemlorex GmbH"}
	for name, post := range map[string]string{
		"numbers": `<section><h2>#1{i} {n}</h2><p><b>Posted:</b> 15/03/2031 <b>Size:</b> 1{i} GB</p><p>Payroll and scans of passports of all employees.</p><a href="/case/{i}">see</a></section>`,
		"labels":  `<div>Victim: {n}<br>Size: 1{i} GB<br>Posted: 2031-03-1{i}<br>Notes: Payroll and scans of passports.<br><a href="/{i}">proofs</a></div><br>`,
	} {
		t.Run(name, func(t *testing.T) {
			body := "<html><body>"
			for i, n := range names {
				body += strings.NewReplacer("{n}", n, "{i}", string(rune('1'+i))).Replace(post)
			}
			got := Reader{}.Read(crawlers.Page{Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body + "</body></html>")})
			if all := titles(got.Posts); !slices.Equal(all, names) {
				t.Errorf("titles %q, want %q (%s)", all, names, got.State)
			}
		})
	}
}

// Of two posts, the name that both bear is never tried as their title.
func TestWhosePosts(t *testing.T) {
	post := `<div class="message"><div class="owner">Sump</div><div class="text">{n} did not answer</div></div>`
	root, err := html.Parse(strings.NewReader("<body>" + strings.ReplaceAll(post, "{n}", "Ville de Montrelais") + strings.ReplaceAll(post, "{n}", "Kemlorex GmbH")))
	if err != nil {
		t.Fatal(err)
	}
	d := newDocument(root)
	tried := 0
	for _, g := range d.groups() {
		for _, c := range d.choices(g) {
			tried++
			if all := d.titlesAt(g.records, c.titles); len(all) == 2 && all[0].text == all[1].text {
				t.Errorf("%q is tried as the title of both", all[0].text)
			}
		}
	}
	if tried == 0 {
		t.Error("nothing is tried")
	}
}

// A day is read where its form ends in a year, whatever stands before it.
func TestDatesBeforeAYear(t *testing.T) {
	for text, want := range map[string]string{
		"Posted on the 7th of nothing, 112 mars 2031": "", "le 12 mars 2031": "2031-03-12", "x12 mars 2031": "", "été 1er avril 2031": "2031-04-01", "3 de mayo de 2031": "2031-05-03",
		"March the 3rd, 2031": "2031-03-03", "Remarch 3, 2031": "", "сентября 5, 2031": "2031-09-05", "9912/3/2031": "", "12/03/2031": "2031-03-12", "112.03.2031": "", "on 3/25/2031": "2031-03-25",
		"3/4/2031, 5:10 pm": "2031-03-04", "a March fair of 2031": "", "May 2031": "",
	} {
		if got := dateIn(text); got != want {
			t.Errorf("%q has the date %q, want %q", text, got, want)
		}
	}
}
