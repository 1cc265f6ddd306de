// oracle.js FOLDER: answers the inputs on the standard input with the semver package of FOLDER, a line for a line.
// The lines are those of inputs.h; the answers are those of answers.h.
'use strict'
const fs = require('fs')
const path = require('path')
const semver = require(path.join(path.resolve(process.argv[2]), 'node_modules', 'semver'))

const text = field =>
  Buffer.from(field.replace(/\\x(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').toString('utf8')

const questions = {
  version (version) {
    const { version: release, build } = new semver.SemVer(version)
    return build.length ? `${release}+${build.join('.')}` : release
  },
  compare: (left, right) => '<=>'[semver.compare(left, right) + 1],
  sort: (...versions) =>
    [...versions.keys()].sort((left, right) => semver.compare(versions[left], versions[right])).join(' '),
  range (range) {
    new semver.Range(range)
    return 'taken'
  },
  satisfies: (range, version) => new semver.Range(range).test(new semver.SemVer(version)) ? 'yes' : 'no'
}

const answer = line => {
  const [kind, ...fields] = line.split('\t')
  try {
    return questions[kind](...fields.map(text))
  } catch (error) {
    if (error instanceof TypeError && /^(Invalid|version is longer)/.test(error.message)) return 'refused'
    throw error
  }
}

const lines = fs.readFileSync(0, 'latin1').split('\n').slice(0, -1)
process.stdout.write(lines.map(line => answer(line) + '\n').join(''))
