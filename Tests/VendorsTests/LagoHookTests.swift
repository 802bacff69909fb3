import Digest
import Events
import Foundation
import Testing
import Vendors

/// Lago's webhooks, as bytes.
@Suite struct LagoHookTests {
    private static let body = Array(
        #"""
        {"webhook_type":"events.errors","object_type":"events_errors","events_errors":{
         "invalid_code":["a","b"],"missing_aggregation_property":["c"],"invalid_filter_values":[],"missing_group_key":null}}
        """#.utf8
    )

    private func hook() throws -> any VendorHook {
        try #require(VendorRegistry.adapter(named: "lago")?.hook)
    }

    @Test func `name events that are not billed, by what is in the way`() throws {
        let events = [("a", UnbilledEvent.Reason.noMetric), ("b", .noMetric), ("c", .unusableProperty)]
        #expect(try hook().read(Self.body) == .unbilled(events.map { UnbilledEvent(id: $0.0, reason: $0.1) }))
    }

    @Test(arguments: [
        (#"{"webhook_type":"invoice.created","invoice":{}}"#, VendorNotice?.some(.other("invoice.created"))),
        (#"{"webhook_type":"events.errors"}"#, nil), (#"{"webhook_type":"events.errors","events_errors":[]}"#, nil),
        (#"{"webhook_type":"events.errors","events_errors":{"invalid_code":"a"}}"#, nil),
        (#"{"webhook_type":"events.errors","events_errors":{"invalid_code":[1]}}"#, nil), ("{}", nil), ("none", nil),
        (#"{"webhook_type":"events.errors","events_errors":{}}"#, .unbilled([])),
    ])
    func `are other ones, or none at all`(body: String, notice: VendorNotice?) throws {
        #expect(try hook().read(Array(body.utf8)) == notice)
    }

    @Test func `are signed by who has the key`() throws {
        let signature = Data(HMAC.code(of: Self.body, key: Array("k1".utf8))).base64EncodedString()
        func isSigned(_ fields: [String: String], key: String = "k1", body: [UInt8] = Self.body) throws -> Bool {
            try hook().isSigned(body, with: Secret(key)) { fields[$0] }
        }
        let fields = ["X-Lago-Signature": signature, "X-Lago-Signature-Algorithm": "hmac"]
        #expect(try isSigned(fields))
        #expect(try !isSigned(fields, key: "k2"))
        #expect(try !isSigned(fields, body: Self.body + [32]))
        #expect(try !isSigned(fields.merging(["X-Lago-Signature-Algorithm": "jwt"]) { $1 }))
        #expect(try !isSigned(["X-Lago-Signature": signature]))
        for wrong in ["", "not base64!", String(signature.dropLast(4)), signature + signature] {
            #expect(try !isSigned(fields.merging(["X-Lago-Signature": wrong]) { $1 }), "\(wrong)")
        }
    }
}
