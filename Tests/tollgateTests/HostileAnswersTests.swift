import JSON
import Routing
import Testing

@testable import tollgate

/// Answers that are not what the API promises: of a gateway of another version, of something that is no gateway, or with names that somebody
/// chose to deceive whoever reads them.
///
/// Each value of a good answer is replaced in turn. Whatever it becomes, a text is printed, and no value makes a line of its own.
@Suite struct HostileAnswersTests {
    /// Something that prints an answer, with an answer that has all of its parts.
    private struct Printer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: String
        let print: @Sendable (JSONValue) -> String

        init(_ name: String, _ answer: String, _ print: @escaping @Sendable (JSONValue) -> String) {
            (testDescription, self.answer, self.print) = (name, answer, print)
        }
    }

    /// What a value becomes.
    private static let replacements = [
        "null", "true", "0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e999",
        "-1e999",
        "1e-999", "0.5", "\"\"", "\"9999-12-31T23:59:59.999Z\"", "\"0000-01-01T00:00:00Z\"", "[]", "{}", "[null]",
        "[[{}]]",
        #"{"x":{"x":[1]}}"#, #""\u0000\u001b[2J\u009b\u202e\u2028\r""#,
    ]

    private static func parse(_ text: String) -> JSONValue? { JSONDocument(ifValid: Array(text.utf8))?.root }

    /// The answer with each of its values replaced, one after the other.
    private static func variants(of answer: JSONValue, by replacement: String) -> [JSONValue] {
        let bytes = answer.document.bytes
        return answer.document.nodes.indices.compactMap { index in
            let range = JSONValue(document: answer.document, index: index).byteRange
            let variant = bytes[..<range.lowerBound] + Array(replacement.utf8) + bytes[range.upperBound...]
            // A key that is no string makes no JSON.
            return JSONDocument(ifValid: Array(variant))?.root
        }
    }

    private static func lines(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: "\n") } }

    @Test(arguments: printers)
    private func `prints whatever comes, without control characters`(printer: Printer) throws {
        let answer = try #require(Self.parse(printer.answer))
        #expect(!printer.print(answer).isEmpty)
        for replacement in Self.replacements {
            for variant in Self.variants(of: answer, by: replacement) {
                let text = printer.print(variant)
                let controls = text.unicodeScalars.filter { scalar in
                    scalar != "\n" && (scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value))
                        || [0x2028, 0x202E].contains(scalar.value)
                }
                #expect(controls.isEmpty, "\(String(decoding: variant.raw, as: UTF8.self))")
            }
        }
    }

    @Test(arguments: printers)
    private func `lets no text forge a line`(printer: Printer) throws {
        let answer = try #require(Self.parse(printer.answer))
        let (plain, forged) = (Self.variants(of: answer, by: #""x y""#), Self.variants(of: answer, by: #""x\ny""#))
        try #require(plain.count == forged.count)
        for (one, other) in zip(plain, forged) {
            let (expected, found) = (printer.print(one), printer.print(other))
            #expect(
                Self.lines(expected) == Self.lines(found),
                "\(String(decoding: other.raw, as: UTF8.self)) becomes \(found)"
            )
        }
    }

    // MARK: - What is printed

    private static func table(_ header: [String], _ rows: [[String]]) -> String { Terminal.table([header] + rows) }

    private static let printers: [Printer] = eventPrinters + operatorPrinters + migrationPrinters + parityPrinters

    private static let eventPrinters: [Printer] = [
        Printer(
            "events",
            #"{"timestamp":"t","id":"e","name":"n","customer_id":"c","subscription_id":"s","deliveries":[{"status":"a"},{"status":"b"}]}"#
        ) { Self.table(EventRows.header, [EventRows.row($0)]) },
        Printer(
            "deliveries",
            #"""
            {"provider":"p","mode":"m","status":"s","deduplicated":true,"attempts":1,"http_status":200,"next_attempt_at":
             "2026-01-01T00:00:00Z","error":{"code":"c","message":"m"}}
            """#
        ) { Self.table(DeliveryRows.header, [DeliveryRows.row($0)]) },
        Printer(
            "attempts",
            #"""
            {"provider":"p","history":[{"at":"t","status":"s","deduplicated":true,"http_status":1,"latency_ms":2,
             "error":{"code":"c","message":"m","vendor":"v"}}]}
            """#
        ) { Self.table(DeliveryRows.attemptHeader, DeliveryRows.attempts($0)) },
        Printer(
            "groups",
            #"""
            {"groups":[{"count":1,"provider":"p","status":"s","error_code":"e","name":"n","first_accepted_at":"f",
             "last_accepted_at":"l","example":{"event_id":"e","message":"m"}}],"other":3}
            """#
        ) { answer in
            Self.table(DeliveryGroupsCommand.header, answer.elements(of: "groups").map(DeliveryGroupsCommand.row))
                + "\n"
                + DeliveryGroupsCommand.remarks(answer).joined(separator: "\n")
        },
        Printer(
            "remarks",
            #"{"changed":1,"translatable":2,"untranslatable":3,"busy":4,"uncertain":5}"#
        ) { "remarks\n" + DeliveryOrder.remarks($0, isDryRun: true).joined(separator: "\n") },
        Printer(
            "corrections",
            #"{"destinations":[{"provider":"p","outcome":"o","correction":"c","reason":"r"}]}"#
        ) { Self.table(CorrectionRows.header, CorrectionRows.rows($0)) + "\(CorrectionRows.isPossible($0))" },
        Printer(
            "estimates",
            #"{"charges":[{"name":"n","units":"1","unit_amount":"2","amount":"3","taxes":"4","total":"5","currency":"EUR"}]}"#
        ) { Self.table(EstimateCommand.header, $0.elements(of: "charges").map(EstimateCommand.row)) },
    ]

    private static let operatorPrinters: [Printer] = [
        Printer(
            "providers",
            #"""
            {"name":"n","adapter":"a","circuit":"c","circuit_open_since":"s","parked":false,"held_until":null,"operator_hold":null,
             "backlog":{"events":1,"age_seconds":2},"since_start":{"delivered":1,"retried":2,"rejected":3,"deduplicated":4},
             "passed":{"requests":1,"errors":2,"latency_ms_p99":3},"last_error":{"message":"m"}}
            """#
        ) { Self.table(ListProvidersCommand.header, [ListProvidersCommand.row($0)]) },
        Printer(
            "watched",
            #"""
            {"providers":[{"name":"p","verify":{"sample":"1/2","verified_24h":1,"different_24h":2,"missing":3,"waiting":4,
              "checked_up_to":"t","last_error":"e","lost":[{"event_id":"e","name":"n","delivered_at":"d"}]},
             "canary":{"visible_at":"v","lag_ms_p50":1,"lag_ms_p99":2,"alarm":{"reason":"r"}}}]}
            """#
        ) { WatchedProvidersCommand.text(of: $0) },
        Printer(
            "log",
            #"{"at":"t","category":"c","action":"a","actor":"x","key_id":"k","remote_address":"r","details":{"d":"v","e":"w"}}"#
        ) { Self.table(LogCommand.header, [LogCommand.row($0)]) },
        Printer(
            "check",
            #"{"changes":[{"part":"client","name":"n","change":"changed","fields":["a","b"]}],"stranded":[{"provider":"p","events":3}]}"#
        ) { CheckCommand.summary($0, file: "routes.json") },
        Printer(
            "metrics",
            #"""
            {"pairs":[{"name":"n","aggregate":"a","property":"p","ids":{"l":"1"},"differences":["d"]}],
             "singles":[{"provider":"p","id":"i","name":"n","aggregate":"a","event_name":"e"}]}
            """#
        ) { MetricsProposalOptions.text($0) + "\(MetricsProposalOptions.isClean($0))" },
    ]

    private static let migrationPrinters: [Printer] = [
        Printer(
            "backfills",
            #"""
            {"id":1,"provider":"p","state":"running","progress":{"walked":1,"ahead":2},"deliveries":{"delivered":1,"deduplicated":2,
             "retrying":3,"rejected":4,"uncertain":5,"discarded":6},"rate":50,"current_rate":20.5,"held_by":"h","left_out_customers":2,
             "filter":{"since":"s","until":"u","names":["n"],"customer_ids":["c"]},"started_at":"t","started_by":"b"}
            """#
        ) { answer in
            let text = BackfillText(answer)
            return Self.table(BackfillText.header, [text.row]) + "\n" + text.lines.joined(separator: "\n")
                + "\(text.part)"
        },
        Printer(
            "forecasts",
            #"""
            {"rate":50,"forecasts":[{"provider":"p","events":1,"customers":2,"more_customers":true,"requests":3,"seconds":4,
              "first_timestamp":"f","last_timestamp":"l","untranslatable":{"events":1,"groups":[{"events":1,"field":"f",
              "message":"m","event_ids":["e"]}]},"not_taken":{"delivered_live":1,"earlier_backfill":2,"not_routed":3}}],
             "left_out":{"customers":3,"journal_from":"j","examples":[{"customer_id":"c","period_start":"p"}],
              "others_period_start":"o"},"unreadable":[{}],"effect":"e"}
            """#
        ) { ForecastText($0).text },
        Printer(
            "migrations",
            #"""
            {"name":"m","route":"r","from":"f","to":"t","share_percent":5,"cut_at":null,"hold":{"action":"hold","actor":"a",
              "effective_from":"e","reason":"r"},"stages":[{"number":1,"name":"n","state":"current","conditions":[{"name":"n",
              "color":"c","text":"t"}]}],"next":"x","obstacles":["o"],"log":[{"action":"ramp","stage":"s","share":5,"at":"t",
              "when":"now","customer_ids":["c"],"actor":"a","effective_from":"e","plan":"p","despite":["d"],"reason":"r"}]}
            """#
        ) { MigrationStatusText($0).text },
        Printer(
            "outcomes",
            #"""
            {"dry_run":false,"entry":{"action":"return"},"to_void":{"provider":"p","customers":[{"customer_id":"c","events":1,
              "first":"f","last":"l"}],"more_events":2,"unreadable_parts":3},"refill":{"provider":"p","events":1,"customers":2,
              "backfills":[7],"more_events":3},"migration":{"next":"n"}}
            """#
        ) { MigrationOutcomeText($0).text },
        Printer(
            "plans",
            #"""
            {"events":9,"translated_events":3,"customers":2,"more_customers":true,"first_timestamp":"a","last_timestamp":"b",
             "destinations":[{"provider":"p","adapter":"a","events":1,"customers":2,"added":1,"removed":2,"now_translatable":3,
              "mode_changes":[{"from":"f","to":"t","events":3}],"translated_events":2,"changed":{"events":5,
              "changes_of_other_fields":6,"fields":[{"field":"f","events":5,"example":{"before":"b","after":"a","event_id":"e"}}]},
              "untranslatable":{"events":1,"groups":[{"events":1,"field":"f","message":"m","event_ids":["e"]}],
              "events_of_other_groups":1},"peak":{"minute":"m","requests":1,"events":2,"limit_per_minute":3,"backlog_minutes":4},
              "backfill":{"events":1,"requests":2,"seconds":3,"share_of_rate_limit":4},"comparison":{"digest":{"calls":1,
              "seconds":2},"full":{"calls":3,"seconds":4},"share_of_rate_limit":5}}],"unrouted":{"events":2,"groups":[{"events":2,
              "name":"x","event_ids":["e"]}]},"forbidden":{"events":3,"groups":[{"events":1,"name":"x","client":"c","reason":
              "route","event_ids":["e"]}]},"unreadable":[{"first":1,"last":2,"reason":"r"}],"more_unreadable":3,
             "changes_nothing":true,"id":"p1","stale":true,"routes_changes":["c"],"migration":null}
            """#
        ) { PlanText(plan: $0, result: $0).text },
        Printer(
            "checks",
            #"""
            {"name":"m","events":5,"customers":3,"conditions":[{"name":"n","color":"red","text":"t"}],"names_without_metric":
             {"count":2,"first":["a"]},"unknown_customers":{"count":1,"first":["b"]},"customers_with_two_of_record":{"count":1,
             "first":["c"]},"remaining_subscriptions":{"count":1,"first":["d"]},"late_usage":{"events":9,"late_events":3,
             "by_delay":[{"less_than_seconds":3600,"events":2},{"less_than_seconds":null,"events":1}]},"notes":["n"]}
            """#
        ) { MigrationCheckText($0).text(plan: "p") + "\(FinishedPlan.exitCode(of: $0))" },
        Printer(
            "anchors",
            #"""
            {"anchors":[{"customer_id":"c","anchor":"2026-01-31","interval":"week"},{"customer_id":"c","anchor":"a"}],
             "unknown":[{"customer_id":"d","subscription_id":"s","reason":"r"}]}
            """#
        ) { answer in
            var loaded = LoadedAnchors()
            loaded.add(answer)
            return LoadAnchorsCommand.text(AnchorsTable().changes(by: loaded.anchors), loaded, overwriting: false)
        },
    ]

    private static let parityPrinters: [Printer] = [
        Printer(
            "comparisons",
            #"""
            {"id":7,"state":"finished","verdict":"different","reason":"r","level":"full","providers":[{"provider":"p","expected":1,
             "found":2,"missing":3,"extra":4,"different":5,"unreadable":"u","counted_only":6,"sampled_parts":7,"bound":0.1,
             "summed":8}],"acceptances":[{"cause":"c","provider":"p","name":"n","reason":"r","until":"u","client":"x",
             "accepted_at":"a"}]}
            """#
        ) { answer in
            let report = ParityReport(run: answer, cells: [], causes: [], examples: [])
            return report.text + "\(report.exitCode(.any))"
        },
        Printer(
            "findings",
            #"""
            {"provider":"p","cause":"c","event_id":"e","vendor_id":"v","name":"n","customer_id":"c","subscription_id":"s",
             "timestamp":"t","differences":[{"field":"f","kind":"k","sent":"s","shown":"x"}],"detail":"d","confirmed":false,
             "resolution":"r"}
            """#
        ) { answer in
            let line = FindingLine(answer)
            let cells = [line.provider, line.cause, line.id, line.name, line.customer, line.time, line.detail]
            return Self.table(["P", "C", "I", "N", "C", "T", "D"], [cells])
        },
    ]
}
