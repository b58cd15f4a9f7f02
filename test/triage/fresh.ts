/**
 * Two more sets of mails by invented people in four languages, labelled as docs/triage.md defines it: routine wants, asks or tells something, or it is over; degraded works badly or in part, or one thing does not work and
 * work goes on; outage stands still, for one or for all, or is a break-in that happened.
 */
import type { Impact, Urgency } from '../../core/config/desk.ts';
import type { LabelledMail } from './labelled.ts';

type Row = readonly [subject: string, text: string, impact: Impact, urgency: Urgency];

/** Eighteen in each language, written before the words of desk.yaml were last widened, by the same hand: flattering. */
const ENGLISH: readonly Row[] = [
  [
    'Label maker',
    'Hi, who do I talk to about ordering tape for the label maker in the post room? We are nearly out.',
    'one',
    'routine',
  ],
  [
    'Badge reader side entrance',
    'The reader at the side entrance only takes my badge on the third or fourth try since yesterday.',
    'one',
    'degraded',
  ],
  [
    'Call centre has no telephones',
    'All thirty people in the call centre are sitting in front of dead phones. Not a single call comes in. Please help!',
    'team',
    'outage',
  ],
  [
    'Spreadsheet macros',
    'Would you be able to show me how macros get signed? Thursday or Friday would suit me.',
    'one',
    'routine',
  ],
  [
    'My screen stays black',
    'I pressed the power button ten times. Black. I have no other machine and a client presentation at eleven, so I am sitting here doing nothing.',
    'one',
    'outage',
  ],
  [
    'Scanner on second floor',
    'The scans from the second floor come out with a grey stripe. The first floor is fine, so we walk down for the time being.',
    'team',
    'degraded',
  ],
  [
    'Re: licence',
    'Thanks, the licence you sent has done the trick. Nothing further from my side.',
    'one',
    'routine',
  ],
  [
    'Whole plant at a halt',
    'Since the update at six the terminals in the plant show nothing but a login page that takes nobody. The lines have been standing ever since.',
    'everyone',
    'outage',
  ],
  [
    'Typing lag',
    'When I type in the ticket tool each letter turns up two seconds later. Gets worse in the afternoon.',
    'one',
    'degraded',
  ],
  [
    'Move on the 14th',
    'Four of us move from room 212 to room 305 on the 14th. Please have the network sockets there patched by then.',
    'team',
    'routine',
  ],
  [
    'Calendar shows other people twice',
    'Every meeting with Dana appears twice in my calendar. Deleting one removes both.',
    'one',
    'degraded',
  ],
  [
    'I think I gave my password away',
    'A page that looked like ours asked me to sign in and I did. A minute later I got a notice that somebody signed in from abroad.',
    'one',
    'outage',
  ],
  [
    'Company website',
    'Our website answers with a blank page for everyone outside, customers are already ringing up about it.',
    'everyone',
    'outage',
  ],
  [
    'Headphones',
    'The left side of my headphones has gone quiet. The right one still does its job.',
    'one',
    'degraded',
  ],
  ['Old files', 'Is there a rule about how long we have to keep project files from 2015?', 'one', 'routine'],
  [
    'Payroll team stuck',
    'None of the payroll team gets past the start page this morning and salaries have to go out today. We cannot do a thing until this is fixed.',
    'team',
    'outage',
  ],
  [
    'Wi-Fi in the canteen',
    'The Wi-Fi in the canteen comes and goes for everybody who sits there. At the desk it is okay.',
    'everyone',
    'degraded',
  ],
  [
    'Heads-up: water works on Sunday',
    'Facilities will switch off the cooling in the basement on Sunday between 8 and 10. Just so that you know, no action needed.',
    'everyone',
    'routine',
  ],
];

const GERMAN: readonly Row[] = [
  [
    'Schriftart',
    'Hallo zusammen, welche Schriftart sollen wir in den neuen Angeboten verwenden? Im Wiki finde ich dazu nichts.',
    'one',
    'routine',
  ],
  [
    'Kartenleser an der Kasse 3',
    'Der Kartenleser an Kasse 3 nimmt nur noch jede zweite Karte an. Zur Not gehen die Kunden an Kasse 2.',
    'team',
    'degraded',
  ],
  [
    'Lager steht',
    'Seit der Frühschicht bekommen wir im Lager keine Lieferscheine mehr heraus, kein Lkw verlässt den Hof. Zwölf Leute warten.',
    'team',
    'outage',
  ],
  [
    'Zweites Headset fürs Homeoffice',
    'Wäre es möglich, dass ich für daheim ein zweites Headset bekomme? Es muss nicht sofort sein.',
    'one',
    'routine',
  ],
  [
    'Rechner fährt nicht hoch',
    'Mein Rechner piept dreimal und geht wieder aus. Ich habe keinen Ersatz und kann heute überhaupt nichts machen.',
    'one',
    'outage',
  ],
  [
    'Mails kommen mit Verspätung',
    'Mails von außen treffen bei mir erst nach einer halben Stunde ein. Verloren gegangen ist bisher keine.',
    'one',
    'degraded',
  ],
  [
    'AW: Drucker',
    'Vielen Dank, nach dem Neustart läuft alles wieder. Sie können das Ticket zumachen.',
    'one',
    'routine',
  ],
  [
    'Ganzer Standort Kassel ohne Netz',
    'In Kassel hat kein einziger Arbeitsplatz Verbindung, auch die Telefone sind tot.',
    'everyone',
    'outage',
  ],
  [
    'Excel',
    'Excel braucht bei großen Tabellen ewig und wird zwischendurch grau. Danach macht es weiter.',
    'one',
    'degraded',
  ],
  [
    'Umzug',
    'Am 3. Februar ziehen wir zu fünft in den Neubau. Bitte denken Sie an die Telefone und Monitore.',
    'team',
    'routine',
  ],
  [
    'Bild flackert',
    'Das Bild auf dem linken Monitor flackert, sobald die Klimaanlage anspringt.',
    'one',
    'degraded',
  ],
  [
    'Konto wohl übernommen',
    'Von meinem Konto aus gehen gerade Hunderte Mails an Kunden raus, die ich nie geschrieben habe!',
    'one',
    'outage',
  ],
  [
    'Onlineshop',
    'Im Onlineshop kann seit zehn Uhr niemand mehr bezahlen, jede Bestellung endet mit einer leeren Seite.',
    'everyone',
    'outage',
  ],
  [
    'Maus',
    'Das Scrollrad meiner Maus springt manchmal zurück. Lästig, aber ich komme klar.',
    'one',
    'degraded',
  ],
  [
    'Frage zur Rufumleitung',
    'Wo stelle ich ein, dass Anrufe abends auf die Mailbox gehen?',
    'one',
    'routine',
  ],
  [
    'Buchhaltung kommt nicht ins System',
    'Keiner aus der Buchhaltung kommt heute ins Buchungssystem. Der Monatsabschluss ist morgen fällig und es geht nichts voran.',
    'team',
    'outage',
  ],
  [
    'WLAN im Neubau',
    'Im Neubau reißt bei allen die WLAN-Verbindung immer wieder ab, nach ein paar Sekunden ist sie wieder da.',
    'everyone',
    'degraded',
  ],
  [
    'Info: Stromabschaltung Samstag',
    'Am Samstag von 7 bis 9 Uhr wird im Nordbau der Strom abgestellt. Nur zur Kenntnis.',
    'everyone',
    'routine',
  ],
];

const FRENCH: readonly Row[] = [
  [
    'Cartouches',
    'Bonjour, à qui faut-il s’adresser pour commander des cartouches ? Il nous en reste deux.',
    'one',
    'routine',
  ],
  [
    'Lecteur de badge',
    'Le lecteur de l’entrée nord ne reconnaît mon badge qu’une fois sur trois depuis lundi.',
    'one',
    'degraded',
  ],
  [
    'Plus de téléphone au standard',
    'Au standard, nous n’avons plus aucune tonalité depuis 8 h, aucun appel n’entre ni ne sort. Les cinq opératrices attendent.',
    'team',
    'outage',
  ],
  [
    'Formation tableur',
    'Serait-il possible d’organiser une courte formation au tableur pour mon équipe au printemps ?',
    'team',
    'routine',
  ],
  [
    'Mon poste ne s’allume plus',
    'Rien ne se passe quand j’appuie sur le bouton. Je n’ai pas d’autre poste, je suis complètement bloquée.',
    'one',
    'outage',
  ],
  [
    'Scanner du 2e',
    'Les numérisations du deuxième étage sortent de travers. En attendant nous descendons au premier.',
    'team',
    'degraded',
  ],
  ['Re : accès', 'Merci beaucoup, tout est rentré dans l’ordre. Vous pouvez clore.', 'one', 'routine'],
  [
    'Usine de Lille arrêtée',
    'Depuis ce matin toute l’usine est à l’arrêt : les postes n’affichent plus rien et personne ne peut se connecter.',
    'everyone',
    'outage',
  ],
  ['Lenteur', 'Chaque page de l’intranet met une bonne minute à s’afficher chez moi.', 'one', 'degraded'],
  [
    'Déménagement',
    'Nous serons quatre à changer de bureau le 12. Merci de prévoir les prises réseau en salle 305.',
    'team',
    'routine',
  ],
  [
    'Agenda',
    'Mes réunions apparaissent décalées d’une heure dans l’agenda du téléphone, pas sur l’ordinateur.',
    'one',
    'degraded',
  ],
  [
    'J’ai donné mon mot de passe',
    'J’ai rempli un formulaire qui imitait notre portail, et depuis quelqu’un envoie des messages à ma place.',
    'one',
    'outage',
  ],
  [
    'Boutique en ligne',
    'Plus aucun client ne peut payer sur la boutique en ligne, la page reste blanche. Nous perdons des ventes à chaque minute.',
    'everyone',
    'outage',
  ],
  [
    'Touche E',
    'La touche E de mon clavier se coince de temps en temps. Je m’en sors en appuyant fort.',
    'one',
    'degraded',
  ],
  [
    'Question archives',
    'Combien de temps devons-nous garder les dossiers des projets terminés ?',
    'one',
    'routine',
  ],
  [
    'Comptabilité',
    'Personne à la comptabilité n’arrive à ouvrir le logiciel de paie alors que les virements doivent partir ce soir. Tout est paralysé.',
    'team',
    'outage',
  ],
  [
    'Wi-Fi de la cantine',
    'Le Wi-Fi de la cantine coupe sans arrêt pour tout le monde, puis revient au bout de quelques secondes.',
    'everyone',
    'degraded',
  ],
  [
    'Pour information',
    'Dimanche de 8 h à 10 h, le courant sera coupé dans tout le bâtiment pour l’entretien annuel.',
    'everyone',
    'routine',
  ],
];

const SPANISH: readonly Row[] = [
  ['Tóner', 'Buenos días, ¿a quién hay que pedirle el tóner? Nos quedan dos cajas.', 'one', 'routine'],
  [
    'Lector de tarjetas',
    'El lector de la puerta lateral solo acepta mi tarjeta a la tercera o cuarta vez.',
    'one',
    'degraded',
  ],
  [
    'Centralita muda',
    'En atención al cliente no entra ni sale ninguna llamada desde las nueve. Somos veinte personas de brazos cruzados.',
    'team',
    'outage',
  ],
  [
    'Curso de hojas de cálculo',
    '¿Sería posible organizar un curso corto de hojas de cálculo para mi departamento en primavera?',
    'team',
    'routine',
  ],
  [
    'Mi ordenador no enciende',
    'Le doy al botón y no pasa nada. No tengo otro equipo, así que estoy totalmente parada.',
    'one',
    'outage',
  ],
  [
    'Escáner de la segunda',
    'Los documentos de la segunda planta salen torcidos. De momento bajamos todos a la primera.',
    'team',
    'degraded',
  ],
  ['Re: licencia', 'Muchas gracias, con eso ha quedado solucionado. Podéis cerrarlo.', 'one', 'routine'],
  [
    'Fábrica de Vigo parada',
    'Desde el turno de mañana toda la fábrica está detenida: las pantallas no muestran nada y nadie consigue entrar.',
    'everyone',
    'outage',
  ],
  [
    'Va a tirones',
    'La aplicación de pedidos va a tirones y a veces tarda un minuto en guardar.',
    'one',
    'degraded',
  ],
  [
    'Mudanza',
    'El día 12 nos cambiamos cuatro personas a la sala 305. Por favor, dejad listas las tomas de red.',
    'team',
    'routine',
  ],
  [
    'Agenda del móvil',
    'En el móvil las reuniones me aparecen una hora más tarde; en el ordenador salen bien.',
    'one',
    'degraded',
  ],
  [
    'Creo que me han engañado',
    'Metí mi contraseña en una página que imitaba la nuestra y ahora alguien manda mensajes en mi nombre.',
    'one',
    'outage',
  ],
  [
    'Tienda en línea',
    'Ningún cliente puede pagar en la tienda desde hace una hora, la página se queda en blanco. Estamos perdiendo ventas.',
    'everyone',
    'outage',
  ],
  [
    'Tecla',
    'La tecla de la ñ se queda pegada de vez en cuando. Me apaño, pero es incómodo.',
    'one',
    'degraded',
  ],
  ['Duda sobre archivos', '¿Cuántos años tenemos que guardar los expedientes cerrados?', 'one', 'routine'],
  [
    'Contabilidad sin sistema',
    'En contabilidad ninguno logra abrir el programa de nóminas y hoy hay que pagar los sueldos. No podemos avanzar en nada.',
    'team',
    'outage',
  ],
  [
    'Wifi del comedor',
    'El wifi del comedor se corta cada dos por tres a todo el mundo y vuelve al rato.',
    'everyone',
    'degraded',
  ],
  [
    'Aviso: corte de luz el domingo',
    'El domingo de 8 a 10 cortarán la luz en todo el edificio por mantenimiento. Es solo para que lo sepáis.',
    'everyone',
    'routine',
  ],
];

const inLanguage = (language: LabelledMail['language'], rows: readonly Row[]): LabelledMail[] =>
  rows.map(([subject, text, impact, urgency]) => ({
    language,
    subject,
    text,
    impact,
    urgency,
    category: null,
  }));

export const FRESH: readonly LabelledMail[] = [
  ...inLanguage('en', ENGLISH),
  ...inLanguage('de', GERMAN),
  ...inLanguage('fr', FRENCH),
  ...inLanguage('es', SPANISH),
];

const LATER_ENGLISH: readonly Row[] = [
  [
    'Ward 7 tablets',
    'The tablets on ward 7 have stopped taking readings; nurses cannot chart a single patient and are back on paper and memory.',
    'team',
    'outage',
  ],
  [
    'Dimmer in the lecture hall',
    'The projector in hall C has turned rather yellow over the past weeks. Lectures go ahead.',
    'team',
    'degraded',
  ],
  [
    'Rehearsal bookings',
    'Can the choir book room 12 through the calendar as well, or does the porter still do that?',
    'one',
    'routine',
  ],
  [
    'Nothing but an hourglass',
    'Whatever I click I get the hourglass. I have not been able to do my work since I arrived.',
    'one',
    'outage',
  ],
  [
    'Voicemail',
    'My voicemail greets callers with the name of the man who had this number before me.',
    'one',
    'degraded',
  ],
  [
    'Poster printer',
    'Do we own a printer that does A1? I would like to print three posters in May.',
    'one',
    'routine',
  ],
  [
    'Hotel key cards',
    'No guest can open a room: the encoder at the front desk rejects every card. Thirty people are queueing in the lobby.',
    'everyone',
    'outage',
  ],
  [
    'Search in the archive',
    'Search in the archive finds only half of the letters that I know are there.',
    'one',
    'degraded',
  ],
  ['ok now', 'Ignore my last mail please, it was the cable.', 'one', 'routine'],
  [
    'Whole school',
    'The whole school has lost the register system. Teachers cannot take attendance anywhere.',
    'everyone',
    'outage',
  ],
  ['Battery', 'My phone used to last a day; now it is empty by lunchtime.', 'one', 'degraded'],
  ['Signature', 'I married in June. How do I get my new name into the mail signature?', 'one', 'routine'],
  [
    'They have my card data',
    'I fell for a parcel message and typed in the company card. Money has already gone.',
    'one',
    'outage',
  ],
  ['Lift panel', 'The panel in lift 2 is dark, the lift itself runs.', 'one', 'degraded'],
  [
    'Moving the shared folder',
    'When the season is over, please archive the folder of the summer festival.',
    'one',
    'routine',
  ],
  [
    'Cutting table',
    'The cutting table will not accept any job from our studio, so the six of us are waiting and the delivery is due tonight.',
    'team',
    'outage',
  ],
];

const LATER_GERMAN: readonly Row[] = [
  [
    'Station 4',
    'Auf Station 4 lässt sich keine Akte mehr öffnen, wir können keine Medikamente ausgeben.',
    'team',
    'outage',
  ],
  [
    'Hörsaal',
    'Im Hörsaal ist das Mikrofon seit Wochen sehr leise. Man versteht es, wenn alle ruhig sind.',
    'team',
    'degraded',
  ],
  [
    'Raumbuchung',
    'Darf der Chor den Saal auch selbst im Kalender buchen, oder macht das weiterhin der Hausmeister?',
    'one',
    'routine',
  ],
  [
    'Nur noch Sanduhr',
    'Egal was ich anklicke, es kommt die Sanduhr. Ich habe heute noch keinen Handschlag tun können.',
    'one',
    'outage',
  ],
  ['Mailbox', 'Meine Mailbox meldet sich immer noch mit dem Namen meines Vorgängers.', 'one', 'degraded'],
  ['Plakate', 'Haben wir ein Gerät, das A1 druckt? Im Mai hätte ich drei Plakate.', 'one', 'routine'],
  [
    'Zimmerkarten',
    'Kein Gast kommt in sein Zimmer, das Gerät am Empfang weist jede Karte ab. In der Halle stehen dreißig Leute.',
    'everyone',
    'outage',
  ],
  ['Archivsuche', 'Die Suche im Archiv zeigt mir nur die Hälfte der Briefe an.', 'one', 'degraded'],
  ['erledigt', 'Bitte vergessen Sie meine letzte Mail, es lag am Kabel.', 'one', 'routine'],
  [
    'Ganze Schule',
    'In der ganzen Schule ist das Klassenbuch nicht aufrufbar, kein Lehrer kann Anwesenheiten eintragen.',
    'everyone',
    'outage',
  ],
  ['Akku', 'Mein Handy hielt früher einen Tag, jetzt ist es mittags leer.', 'one', 'degraded'],
  ['Neuer Name', 'Ich habe im Juni geheiratet. Wie kommt mein neuer Name in die Signatur?', 'one', 'routine'],
  [
    'Auf Betrüger hereingefallen',
    'Ich habe auf einer Paketseite die Daten der Firmenkarte eingetippt, es ist schon Geld abgebucht.',
    'one',
    'outage',
  ],
  ['Aufzug', 'Die Anzeige in Aufzug 2 bleibt dunkel, fahren tut er.', 'one', 'degraded'],
  [
    'Ordner Sommerfest',
    'Wenn die Saison vorbei ist, bitte den Ordner vom Sommerfest archivieren.',
    'one',
    'routine',
  ],
  [
    'Schneidetisch',
    'Der Schneidetisch nimmt aus unserem Atelier keinen Auftrag an. Wir sechs warten, und heute Abend muss geliefert werden.',
    'team',
    'outage',
  ],
];

const LATER_FRENCH: readonly Row[] = [
  [
    'Étage 4',
    'Dans le service 4, plus moyen d’ouvrir un dossier : nous ne distribuons plus aucun médicament.',
    'team',
    'outage',
  ],
  [
    'Amphithéâtre',
    'Le micro de l’amphithéâtre est très faible depuis des semaines. On l’entend si tout le monde se tait.',
    'team',
    'degraded',
  ],
  [
    'Réservation',
    'La chorale peut-elle réserver la salle 12 elle-même, ou est-ce toujours le gardien ?',
    'one',
    'routine',
  ],
  [
    'Rien que le sablier',
    'Quoi que je fasse, le sablier tourne. Je n’ai rien pu faire de la matinée.',
    'one',
    'outage',
  ],
  [
    'Messagerie vocale',
    'Ma messagerie vocale annonce toujours le nom de mon prédécesseur.',
    'one',
    'degraded',
  ],
  [
    'Affiches',
    'Avons-nous un appareil qui imprime en A1 ? J’aurais trois affiches en mai.',
    'one',
    'routine',
  ],
  [
    'Cartes de chambre',
    'Aucun client de l’hôtel ne peut entrer dans sa chambre, l’appareil refuse toutes les cartes. Trente personnes attendent dans le hall.',
    'everyone',
    'outage',
  ],
  ['Recherche', 'La recherche des archives ne me montre que la moitié des lettres.', 'one', 'degraded'],
  ['c’est bon', 'Oubliez mon dernier message, c’était le câble.', 'one', 'routine'],
  [
    'Toute l’école',
    'Dans toute l’école le registre est inaccessible, aucun professeur ne peut faire l’appel.',
    'everyone',
    'outage',
  ],
  ['Batterie', 'Mon téléphone tenait la journée, maintenant il est vide à midi.', 'one', 'degraded'],
  [
    'Nouveau nom',
    'Je me suis mariée en juin. Comment mettre mon nouveau nom dans la signature ?',
    'one',
    'routine',
  ],
  [
    'Je me suis fait avoir',
    'J’ai tapé les numéros de la carte de la société sur un faux site de colis, de l’argent est déjà parti.',
    'one',
    'outage',
  ],
  ['Ascenseur', 'L’écran de l’ascenseur 2 est noir, mais il roule.', 'one', 'degraded'],
  [
    'Dossier de la fête',
    'Quand la saison sera finie, merci d’archiver le dossier de la fête d’été.',
    'one',
    'routine',
  ],
  [
    'Table de découpe',
    'La table de découpe n’accepte aucun travail de notre atelier. Nous sommes six à attendre, la livraison est pour ce soir.',
    'team',
    'outage',
  ],
];

const LATER_SPANISH: readonly Row[] = [
  [
    'Planta 4',
    'En la planta 4 no hay manera de abrir un historial y no estamos dando ninguna medicación.',
    'team',
    'outage',
  ],
  [
    'Aula magna',
    'El micrófono del aula magna se oye muy bajo desde hace semanas. Si todos callan se entiende.',
    'team',
    'degraded',
  ],
  [
    'Reservas',
    '¿El coro puede reservar la sala 12 por su cuenta o lo sigue haciendo el conserje?',
    'one',
    'routine',
  ],
  [
    'Solo el relojito',
    'Haga lo que haga sale el relojito. En toda la mañana no he podido hacer nada.',
    'one',
    'outage',
  ],
  ['Buzón de voz', 'Mi buzón de voz sigue saludando con el nombre de mi antecesor.', 'one', 'degraded'],
  ['Carteles', '¿Tenemos alguna máquina que imprima en A1? En mayo tendría tres carteles.', 'one', 'routine'],
  [
    'Tarjetas de las habitaciones',
    'Ningún huésped puede entrar en su habitación, el aparato rechaza todas las tarjetas. Hay treinta personas en el vestíbulo.',
    'everyone',
    'outage',
  ],
  ['Búsqueda', 'La búsqueda del archivo solo me enseña la mitad de las cartas.', 'one', 'degraded'],
  ['olvidadlo', 'Olvidad mi último mensaje, era el cable.', 'one', 'routine'],
  [
    'Todo el colegio',
    'En todo el colegio el registro está inaccesible y ningún profesor puede pasar lista.',
    'everyone',
    'outage',
  ],
  ['Batería', 'Antes el teléfono me duraba un día, ahora a mediodía está vacío.', 'one', 'degraded'],
  ['Nuevo apellido', 'Me casé en junio. ¿Cómo pongo mi nuevo apellido en la firma?', 'one', 'routine'],
  [
    'He caído en la trampa',
    'Escribí los datos de la tarjeta de la empresa en una web falsa de paquetería y ya se han llevado dinero.',
    'one',
    'outage',
  ],
  ['Ascensor', 'La pantalla del ascensor 2 está oscura, pero el ascensor anda.', 'one', 'degraded'],
  [
    'Carpeta de la fiesta',
    'Cuando acabe la temporada, archivad por favor la carpeta de la fiesta de verano.',
    'one',
    'routine',
  ],
  [
    'Mesa de corte',
    'La mesa de corte rechaza todos los trabajos de nuestro taller. Estamos los seis esperando y hay que entregar esta noche.',
    'team',
    'outage',
  ],
];

/** Written when the words of desk.yaml stood, and nothing was changed for them: of all sets the hardest, and the one to expect. */
export const LATER: readonly LabelledMail[] = [
  ...inLanguage('en', LATER_ENGLISH),
  ...inLanguage('de', LATER_GERMAN),
  ...inLanguage('fr', LATER_FRENCH),
  ...inLanguage('es', LATER_SPANISH),
];
