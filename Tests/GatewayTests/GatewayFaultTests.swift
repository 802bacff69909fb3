import Events
import Journal
import Testing

@testable import Gateway

/// What an operator reads when the gateway does not start: what is wrong, and how to fix it.
@Suite struct GatewayFaultTests {
    @Test(
        arguments: [
            (
                .folderInUse(path: "/data", process: 7),
                "the data folder /data is in use by process 7; stop it, or use another folder with --data"
            ),
            (
                .folderInUse(path: "/data", process: nil),
                "the data folder /data is in use by another process; stop it, or use another folder with --data"
            ),
            (
                .newerFormat(path: "/data", found: 9, known: 5),
                "/data was written by a newer version (format 9, this one knows 5); use that version, or another folder with --data"
            ),
            (
                .unusable(path: "/data", reason: "it was moved"),
                "the data folder /data cannot be used: it was moved. Use another one with --data."
            ),
            (.full(retryAfter: .seconds(1)), "the disk is full; free some space, or use another folder with --data"),
            (.failed(reason: "no such table"), "the store cannot be opened: no such table"),
            (.unreachable(reason: "refused", retryAfter: .seconds(1)), "the store cannot be opened: refused"),
            (.closed, "the store is closed"),
            (.busy(retryAfter: .seconds(1)), "the store is busy; start the gateway again"),
            (.unfinishedRead, "the store is busy; start the gateway again"),
            (.leaseLost, "the store is busy; start the gateway again"),
        ] as [(StoreError, String)]
    )
    func `says why the embedded store cannot be used`(error: StoreError, text: String) {
        #expect(GatewayFault.store(error).description == text)
    }

    @Test(
        arguments: [
            (
                .newerFormat(path: "tollgate", found: 9, known: 5),
                "the journal in the database db:5432/a was written by a newer version (format 9, this one knows 5); use that version"
            ),
            (
                .unusable(path: "tollgate", reason: "the server is a standby"),
                "the database db:5432/a cannot be used: the server is a standby"
            ),
            (.failed(reason: "denied"), "the database db:5432/a cannot be read: denied"),
            (
                .unreachable(reason: "no route", retryAfter: .seconds(1)),
                "the database db:5432/a cannot be read: no route"
            ),
            (.full(retryAfter: .seconds(1)), "the disk of the database db:5432/a is full; free some space"),
            (.closed, "the database db:5432/a cannot be used; start the gateway again"),
            (.busy(retryAfter: .seconds(1)), "the database db:5432/a cannot be used; start the gateway again"),
            (.unfinishedRead, "the database db:5432/a cannot be used; start the gateway again"),
            (.leaseLost, "the database db:5432/a cannot be used; start the gateway again"),
        ] as [(StoreError, String)]
    )
    func `says why the shared store cannot be used, with its address`(error: StoreError, text: String) {
        #expect(GatewayFault.database("db:5432/a", error).description == text)
    }

    @Test func `says what else keeps it from starting`() throws {
        #expect(
            GatewayFault.unreadableRoutes(file: "routes.json", reason: "it is a folder").description
                == "routes.json cannot be read: it is a folder. Use another file with --routes."
        )
        #expect(
            GatewayFault.parity("the file is no database").description
                == "the file is no database. If parity.sqlite in the data folder is damaged, remove it: it contains only past comparisons."
        )
        let (now, last) = (Timestamp(rfc3339: "2031-01-01T00:00:00Z"), Timestamp(rfc3339: "2026-12-01T09:30:00Z"))
        let fault = GatewayFault.clockAhead(now: try #require(now), lastUse: try #require(last))
        let text = fault.description
        #expect(
            text.hasPrefix(
                "the clock says 2031-01-01T00:00:00.000Z, but the journal was last in use at 2026-12-01T09:30"
            )
        )
        #expect(
            text.hasSuffix(
                "Correct the clock, or, if the gateway really was stopped that long, start it with --accept-clock."
            )
        )
    }
}
