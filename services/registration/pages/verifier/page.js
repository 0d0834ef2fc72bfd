// The page around draw.js: gets the three files, shows how far it is, what holds, and what became of one person.
"use strict";
(() => {
  const NAMES = { wave: "wave.json", list: "list.csv", results: "results.csv" };
  const WORDS = {
    rule: "Aturan undian dikenal",
    sorted: "Daftar berurutan, tidak ada orang yang tertulis dua kali",
    entries: "Jumlah orang sama dengan yang diumumkan",
    root: "Isi daftar sama dengan yang dibekukan sebelum undian",
    strata: "Jumlah orang di setiap kelompok sesuai",
    officials: "Semua pejabat menyerahkan komitmen, dan pejabat lain sudah memeriksanya",
    signatures: "Setiap pemegang bagian menandatangani sendiri pemeriksaannya (aturan gelombang-draw-2: petugas yang mencatat)",
    commitments: "Rahasia yang dibuka cocok dengan komitmen setiap pejabat",
    commitment: "Baris pengumuman cocok dengan semua isinya",
    seed: "Benih undian dibuat dari semua rahasia itu",
    beacon: "Angka acak umum (bila dipakai) baru terbit setelah daftar dibekukan",
    results: "Setiap orang mendapat tepat satu hasil",
    ranks: "Peringkat dan hasil setiap orang sama dengan hitungan ulang",
    seats: "Yang terpilih tidak lebih banyak daripada kuota",
    notice: "Baris pengumuman sama dengan yang Anda catat sebelum undian",
  };
  const PARTS = { akar: "Memeriksa daftar", undian: "Mengundi ulang", urutan: "Mengurutkan", pejabat: "Memeriksa rahasia pejabat" };
  const at = (id) => document.getElementById(id);
  const texts = {};
  let found = null;

  const number = (count) => count.toLocaleString("id-ID");
  function element(name, text, className = "") {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = className;
    return made;
  }
  function tell(text, bad = false) {
    at("keadaan").textContent = text;
    at("keadaan").className = bad ? "error" : "quiet";
  }

  // ---- the files: fetched from the office's own address, or chosen by the visitor
  async function fetched() {
    const places = { wave: at("periksa").dataset.wave, list: "list.csv", results: "results.csv" };
    for (const [key, place] of Object.entries(places)) {
      tell(`Mengambil ${NAMES[key]} ...`);
      const answer = await fetch(place, { credentials: "omit" });
      if (!answer.ok) throw new Error(`${NAMES[key]} tidak dapat diambil (${answer.status})`);
      texts[key] = await answer.text();
    }
  }
  async function chosen() {
    for (const file of at("berkas").files) {
      const key = Object.keys(NAMES).find((each) => file.name.toLowerCase().endsWith(NAMES[each].split(".")[1])
        && (each === "wave" || (/hasil|results/i.test(file.name) ? each === "results" : each === "list")));
      if (key) texts[key] = await file.text();
    }
    const missing = Object.keys(NAMES).filter((key) => !(key in texts)).map((key) => NAMES[key]);
    if (missing.length) throw new Error(`belum ada: ${missing.join(", ")}`);
  }

  /** Runs the steps, 25 milliseconds at a time, so that the page can be scrolled and stays alive. */
  async function run(steps) {
    let pause = performance.now() + 25;
    for (;;) {
      const { value, done } = steps.next();
      if (done) return value;
      if (performance.now() < pause) continue;
      at("kemajuan").value = value.share;
      tell(`${PARTS[value.part]}: ${Math.floor(value.share * 100)} %`);
      await new Promise((resume) => setTimeout(resume));
      pause = performance.now() + 25;
    }
  }

  /** Our SHA-256 and the browser's agree, where the browser lends its own. */
  async function agrees() {
    if (!(globalThis.crypto && crypto.subtle)) return true;
    const bytes = crypto.getRandomValues(new Uint8Array(1000));
    return Draw.hex(Draw.sha256(bytes)) === Draw.hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  }

  async function check() {
    at("hasil").hidden = true;
    at("periksa").disabled = true;
    at("kemajuan").hidden = false;
    try {
      if (!(await agrees())) throw new Error("peramban ini menghitung SHA-256 dengan salah");
      await (at("berkas") ? chosen() : fetched());
      found = await run(Draw.check(texts, (part, share) => ({ part, share })));
      const noted = at("catatan").value.trim().toLowerCase();
      if (noted) found.checks.notice = noted === found.wave.commitment;
      show();
    } catch (error) {
      found = null;
      tell(`Tidak dapat diperiksa: ${error.message}.`, true);
    }
    at("kemajuan").hidden = true;
    at("periksa").disabled = false;
  }

  function show() {
    const entries = Object.entries(found.checks), wrong = entries.filter(([, holds]) => !holds).length;
    const verdict = at("putusan");
    verdict.className = wrong ? "card urgent" : "card sound";
    verdict.replaceChildren(
      element("strong", wrong ? "Undian ini TIDAK sesuai." : "Undian ini sesuai.", wrong ? "" : "good"),
      element("p", wrong
        ? `${wrong} dari ${entries.length} pemeriksaan gagal. Simpan berkas ini, lalu tanyakan kepada kantor atau inspektorat.`
        : `${number(found.people)} orang diundi ulang di perangkat Anda; ${number(found.selected)} terpilih, sama dengan yang diumumkan.`),
    );
    at("butir").replaceChildren(...entries.map(([name, holds]) => {
      const row = element("li", "", holds ? "" : "error");
      row.append(element("b", holds ? "✓ " : "✗ ", holds ? "good" : ""), WORDS[name], holds ? "" : " - tidak sesuai");
      return row;
    }));
    at("beda").textContent = found.differences.length
      ? `Hasil yang berbeda, antara lain: ${found.differences.slice(0, 3).join(", ")}` : "";
    at("baris").textContent = found.wave.commitment;
    at("benih").textContent = found.wave.seed;
    const opened = found.wave.opened_by_shares;
    at("pejabat").replaceChildren(...found.wave.officials.map((each) => element("li",
      `${each.name}${opened.includes(each.name) ? " (rahasianya dibuka oleh pejabat lain)" : ""}`)));
    at("drand").hidden = !found.wave.beacon;
    at("hasil").hidden = false;
    tell("Selesai.");
    search();
    verdict.focus();
  }

  // ---- one person
  function search() {
    const wanted = at("nomor").value.trim().toLowerCase(), answer = at("jawaban");
    if (!wanted || !found) return answer.replaceChildren();
    const row = found.rows.find((each) => each.split(",", 1)[0] === wanted);
    if (!row) return answer.replaceChildren(element("p", "Nomor ini tidak ada di daftar undian. Periksa lagi nomor pendaftarannya.", "error"));
    const [, stratum, rank, size, quota, selected] = row.split(",");
    return answer.replaceChildren(
      element("strong", selected === "1" ? "Terpilih" : "Belum terpilih", selected === "1" ? "good" : ""),
      element("p", `Peringkat ${number(+rank)} dari ${number(+size)} orang di kelompok ${stratum}, dengan ${number(+quota)} tempat.`),
    );
  }

  at("formulir").addEventListener("submit", (event) => { event.preventDefault(); check(); });
  at("cari").addEventListener("submit", (event) => { event.preventDefault(); search(); });
  at("periksa").disabled = false;
})();
