import Foundation
import Testing

@testable import Sandbox

@Suite struct VendorIDsTests {
    @Test func `names each row by a UUID of version 4, and finds it again by it alone`() {
        let ids = VendorIDs(salt: 0xDEAD_BEEF_1234_5678)
        var seen: Set<String> = []
        for row in [0, 1, 2, 1000, Int32.max] {
            let id = ids.id(of: row)
            #expect(UUID(uuidString: id) != nil && Array(id)[14] == "4" && "89ab".contains(Array(id)[19]), "\(id)")
            #expect(ids.row(of: id) == row && ids.row(of: id.uppercased()) == row)
            #expect(VendorIDs(salt: 99).row(of: id) == nil)
            #expect(seen.insert(id).inserted)
        }
        #expect(ids.row(of: "00000000-0000-4000-8000-000000000001") == nil)
        #expect(ids.row(of: "nonsense") == nil)
    }
}
