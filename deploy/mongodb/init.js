// Run by mongosh on the first member: makes three members one replica set, and the users, where they are not there yet.
// The first user is made under MongoDB's localhost exception, which ends with it; after that this script signs in as root.
const fs = require('fs');
const secret = (name) => fs.readFileSync(`/run/secrets/${name}.password`, 'utf8').trim();
const admin = db.getSiblingDB('admin');

const signedIn = () => {
  try {
    return admin.auth('root', secret('mongodb-root')).ok === 1;
  } catch (e) {
    return false; // the first run: there is no user yet
  }
};

const members = ['mongodb-1:27017', 'mongodb-2:27017', 'mongodb-3:27017'].map((host, _id) => ({ _id, host }));
const known = signedIn();
if (!known) {
  try {
    rs.initiate({ _id: 'rasoat', members });
  } catch (e) {
    if (e.codeName !== 'AlreadyInitialized') throw e;
  }
}
for (let i = 0; !db.hello().isWritablePrimary; i++) {
  if (!db.hello().setName || i > 120) throw new Error('mongodb-1 is not the primary; run this again, or make the users on the primary');
  sleep(500);
}
if (!known) {
  admin.createUser({ user: 'root', pwd: secret('mongodb-root'), roles: ['root'] });
  if (!signedIn()) throw new Error('cannot sign in as root');
}
if (!admin.getUser('rasoat')) {
  // Each service has a database of its own; services with users of their own have only theirs (README.md).
  const roles = ['intake', 'validation', 'matching', 'reporting'].map((s) => ({ role: 'readWrite', db: `rasoat_${s}` }));
  admin.createUser({ user: 'rasoat', pwd: secret('mongodb-rasoat'), roles });
}
print('the replica set and its users are there');
