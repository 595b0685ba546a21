import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Certificates of a test's own, PEM files. */
export interface TestCertificates {
  readonly caFile: string;
  /** A certificate of this authority and its key. @param names such as `IP:127.0.0.1` or `DNS:broker.example`. */
  issue(name: string, names: string, days?: number): { readonly certFile: string; readonly keyFile: string };
}

const KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

/** Makes an authority in a folder; undefined, with a line that says so, where there is no openssl. */
export function makeCertificates(folder: string): TestCertificates | undefined {
  const at = (name: string): string => join(folder, name);
  const caFile = at("ca.pem");
  try {
    openssl(`req -x509 ${KEY} -days 2 -subj /CN=authority -keyout ${at("ca.key")} -out ${caFile}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    process.stdout.write("    skipped: no openssl here to make certificates\n");
    return undefined;
  }
  return {
    caFile,
    issue(name, names, days = 2) {
      const [certFile, keyFile, request] = [at(`${name}.pem`), at(`${name}.key`), at(`${name}.csr`)];
      openssl(
        `req -new ${KEY} -subj /CN=${name} -addext subjectAltName=${names} -keyout ${keyFile} -out ${request}`,
      );
      openssl(
        `x509 -req -in ${request} -CA ${caFile} -CAkey ${at("ca.key")} -CAcreateserial -copy_extensions copy -days ${days} -out ${certFile}`,
      );
      return { certFile, keyFile };
    },
  };
}

function openssl(args: string): void {
  execFileSync("openssl", args.split(" "), { stdio: "pipe" });
}
