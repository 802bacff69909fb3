import JSON
import Version

/// The response of `GET /healthz`: that the process is alive, and which program it is.
enum Liveness {
    static let json: [UInt8] = {
        let version = ProgramVersion.current
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("status", string: "alive")
        writer.member("version", string: version.number)
        writer.member("commit", string: version.commit)
        writer.member("build", string: version.build)
        writer.endObject()
        return writer.bytes
    }()
}
