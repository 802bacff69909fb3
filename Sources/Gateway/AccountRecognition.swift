import Access
import Events
import Routing

extension CredentialVault {
    /// Recognizes by the vendors' keys which providers share an account.
    /// - Parameter runsPrograms: whether programs may be run to get keys: only for the operator's own file.
    func recognizeAccounts(in reading: RoutesReader.Contents, runsPrograms: Bool) async -> RoutesReader.Contents {
        var keys: [ProviderName: CredentialDigest] = [:]
        for provider in reading.routes.providers {
            keys[provider.name] = await digest(
                from: provider.connection.credential,
                of: provider.name,
                runsPrograms: runsPrograms
            )
        }
        return reading.knowing(keys: keys)
    }

    /// The same for a file that a client has sent. A client must not choose which files are read and which programs run here, so only
    /// those that the active routes name are used.
    func recognizeAccounts(inSent reading: RoutesReader.Contents, beside current: Routes) async -> RoutesReader.Contents
    {
        var keys: [ProviderName: CredentialDigest] = [:]
        for provider in reading.routes.providers {
            let isKnown = current.providers.contains { $0.connection.credential == provider.connection.credential }
            switch provider.connection.credential {
            case .file where !isKnown, .command where !isKnown: continue
            case .environment, .inline, .file, .command:
                keys[provider.name] = await digest(
                    from: provider.connection.credential,
                    of: provider.name,
                    runsPrograms: true
                )
            }
        }
        return reading.knowing(keys: keys)
    }
}
